-- How many objects come with others and are no objects of their own. Parameters: none. Serves 12 and later.
SELECT what, count, example
  FROM (
    SELECT 1 AS place, 'indexes of constraints' AS what, count(*) AS count, min(c.conindid::regclass::text) AS example
      FROM pg_catalog.pg_constraint AS c
     WHERE c.contype IN ('p', 'u', 'x') AND c.oid >= 16384
    UNION ALL
    SELECT 2, 'identity sequences', count(*), min(d.objid::regclass::text)
      FROM pg_catalog.pg_depend AS d
      JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = d.objid
     WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'i' AND d.objid >= 16384
    UNION ALL
    SELECT 3, 'indexes that partitions have from their parent', count(*), min(i.inhrelid::regclass::text)
      FROM pg_catalog.pg_inherits AS i
      JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
     WHERE c.relkind IN ('i', 'I')
    UNION ALL
    SELECT 4, 'constraints that tables have from their parent', count(*), min(c.conname::text)
      FROM pg_catalog.pg_constraint AS c
     WHERE c.conparentid <> 0 OR (c.contype = 'c' AND NOT c.conislocal)
    UNION ALL
    SELECT 5, 'temporary objects', count(*), min(c.relname::text)
      FROM pg_catalog.pg_class AS c
     WHERE c.relpersistence = 't' AND c.relkind IN ('r', 'v', 'S')
  ) AS counts
 WHERE count > 0
 ORDER BY place
