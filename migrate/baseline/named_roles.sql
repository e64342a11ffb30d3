-- Roles that privileges and policies of this database name: a script that gives them something must find them. Parameters: none.
-- Columns: name, quoted. The role that made everything here is none of them. Serves 12 and later.
SELECT DISTINCT r.rolname::text COLLATE "C" AS name, pg_catalog.quote_ident(r.rolname) AS quoted
  FROM pg_catalog.pg_shdepend AS d
  JOIN pg_catalog.pg_database AS b ON b.oid = d.dbid AND b.datname = pg_catalog.current_database()
  JOIN pg_catalog.pg_roles AS r ON r.oid = d.refobjid
 WHERE d.refclassid = 'pg_authid'::regclass AND d.deptype IN ('a', 'r') AND r.rolname !~ '^pg_'
 ORDER BY name
