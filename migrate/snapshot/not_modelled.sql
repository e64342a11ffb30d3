-- What the database holds of kinds that pgdeck does not model, members of extensions left out. Parameters: none. Serves 12 and later.
WITH members AS (
    SELECT d.classid, d.objid FROM pg_catalog.pg_depend AS d WHERE d.deptype = 'e'
), found AS (
    SELECT 'foreign table' AS what, 'pg_class'::regclass::oid AS classid, c.oid, c.oid::regclass::text AS name
      FROM pg_catalog.pg_class AS c WHERE c.relkind = 'f'
    UNION ALL
    SELECT 'base type', 'pg_type'::regclass, t.oid, pg_catalog.format_type(t.oid, NULL)
      FROM pg_catalog.pg_type AS t WHERE t.typtype = 'b' AND t.typelem = 0
    UNION ALL
    SELECT 'operator class', 'pg_opclass'::regclass, o.oid, pg_catalog.format('%I.%I', n.nspname, o.opcname)
      FROM pg_catalog.pg_opclass AS o JOIN pg_catalog.pg_namespace AS n ON n.oid = o.opcnamespace
    UNION ALL
    SELECT 'operator family', 'pg_opfamily'::regclass, o.oid, pg_catalog.format('%I.%I', n.nspname, o.opfname)
      FROM pg_catalog.pg_opfamily AS o JOIN pg_catalog.pg_namespace AS n ON n.oid = o.opfnamespace
    UNION ALL
    SELECT 'cast', 'pg_cast'::regclass, c.oid,
           pg_catalog.format('%s AS %s', pg_catalog.format_type(c.castsource, NULL), pg_catalog.format_type(c.casttarget, NULL))
      FROM pg_catalog.pg_cast AS c
    UNION ALL
    SELECT 'collation', 'pg_collation'::regclass, c.oid, pg_catalog.format('%I.%I', n.nspname, c.collname)
      FROM pg_catalog.pg_collation AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.collnamespace
     WHERE n.nspname <> 'pg_catalog'
    UNION ALL
    SELECT 'conversion', 'pg_conversion'::regclass, c.oid, c.conname::text FROM pg_catalog.pg_conversion AS c
    UNION ALL
    SELECT 'language', 'pg_language'::regclass, l.oid, l.lanname::text FROM pg_catalog.pg_language AS l
    UNION ALL
    SELECT 'transform', 'pg_transform'::regclass, t.oid, pg_catalog.format_type(t.trftype, NULL) FROM pg_catalog.pg_transform AS t
    UNION ALL
    SELECT 'access method', 'pg_am'::regclass, a.oid, a.amname::text FROM pg_catalog.pg_am AS a
    UNION ALL
    SELECT 'text search configuration', 'pg_ts_config'::regclass, c.oid, c.oid::regconfig::text FROM pg_catalog.pg_ts_config AS c
    UNION ALL
    SELECT 'text search dictionary', 'pg_ts_dict'::regclass, d.oid, d.oid::regdictionary::text FROM pg_catalog.pg_ts_dict AS d
    UNION ALL
    SELECT 'text search parser', 'pg_ts_parser'::regclass, p.oid, p.prsname::text FROM pg_catalog.pg_ts_parser AS p
    UNION ALL
    SELECT 'text search template', 'pg_ts_template'::regclass, t.oid, t.tmplname::text FROM pg_catalog.pg_ts_template AS t
    UNION ALL
    SELECT 'foreign-data wrapper', 'pg_foreign_data_wrapper'::regclass, f.oid, f.fdwname::text
      FROM pg_catalog.pg_foreign_data_wrapper AS f
    UNION ALL
    SELECT 'foreign server', 'pg_foreign_server'::regclass, f.oid, f.srvname::text FROM pg_catalog.pg_foreign_server AS f
    UNION ALL
    SELECT 'security label', 0, s.objoid, s.provider FROM pg_catalog.pg_seclabel AS s
    UNION ALL
    SELECT 'large object', 'pg_largeobject_metadata'::regclass, l.oid, l.oid::text FROM pg_catalog.pg_largeobject_metadata AS l
)
SELECT f.what, count(*) AS count, min(f.name) AS example
  FROM found AS f
  LEFT JOIN members AS m ON m.classid = f.classid AND m.objid = f.oid
 WHERE m.objid IS NULL AND f.oid >= 16384
 GROUP BY f.what
 ORDER BY f.what
