-- The tables of users and the files that hold their rows; temporary ones are left out. Parameters: none. Columns: oid, name, file.
-- By oid. Serves 12 and newer.
SELECT c.oid::bigint AS oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name,
    coalesce(pg_catalog.pg_relation_filenode(c.oid), 0)::bigint AS file
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND c.oid >= 16384
ORDER BY c.oid
