-- What depends on what, by pg_depend's addresses, system objects left out. type: n normal, a auto, i internal (the dependent is
-- a part of what it points to), e member of an extension.
-- What a table inherits is told as ('pg_inherits', oid), too, for a table can outlive its parents.
-- A sequence that a column owns is told as ('pg_sequence', oid): ownership is a thing of its own, which can come and go. So is a
-- domain's default: what it needs is told of ('pg_type', oid, -1), and what the domain itself needs of its own address.
-- Parameters: none. Serves 12 and later.
SELECT CASE WHEN s.seqrelid IS NOT NULL AND d.deptype = 'a' AND d.refobjsubid > 0 THEN 'pg_sequence'::regclass::oid
            ELSE d.classid END AS class_id,
       d.objid AS object_id,
       CASE WHEN t.oid IS NOT NULL
             AND (d.refclassid IN ('pg_proc'::regclass, 'pg_class'::regclass, 'pg_operator'::regclass)
                  OR (d.refclassid = 'pg_type'::regclass AND d.refobjid <> t.typbasetype)) THEN -1
            ELSE d.objsubid END AS sub_id,
       d.refclassid AS to_class_id,
       d.refobjid AS to_object_id,
       d.refobjsubid AS to_sub_id,
       CASE WHEN i.inhrelid IS NOT NULL THEN 'n' WHEN d.deptype IN ('P', 'S') THEN 'a' ELSE d.deptype::text END AS type
  FROM pg_catalog.pg_depend AS d
  LEFT JOIN pg_catalog.pg_inherits AS i ON d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
        AND i.inhrelid = d.objid AND i.inhparent = d.refobjid AND d.objsubid = 0 AND d.refobjsubid = 0
  LEFT JOIN pg_catalog.pg_sequence AS s ON d.classid = 'pg_class'::regclass AND s.seqrelid = d.objid
  LEFT JOIN pg_catalog.pg_type AS t ON d.classid = 'pg_type'::regclass AND t.oid = d.objid AND t.typtype = 'd'
        AND d.deptype = 'n'
 WHERE d.objid >= 16384 AND d.refobjid >= 16384
   AND ((d.classid, d.objid) IS DISTINCT FROM (d.refclassid, d.refobjid)
        OR (d.objsubid > 0 AND d.refobjsubid > 0)) -- generated columns before 15
UNION ALL
-- A publication, by the rows that say what is published.
SELECT p.refclassid, p.refobjid, 0, d.refclassid, d.refobjid, d.refobjsubid, 'n'
  FROM pg_catalog.pg_depend AS p
  JOIN pg_catalog.pg_depend AS d ON d.classid = p.classid AND d.objid = p.objid
 WHERE p.refclassid = 'pg_publication'::regclass AND d.refclassid <> p.refclassid
UNION ALL
SELECT 'pg_inherits'::regclass::oid, i.inhrelid, 0, 'pg_class'::regclass::oid, i.inhparent, 0, 'n'
  FROM pg_catalog.pg_inherits AS i
UNION ALL
-- Inherited columns come behind their parents', and those that their table declares, too, before: so that these stay declared.
SELECT e.class_id, e.object_id, e.sub_id, e.class_id, e.to_object_id, e.to_sub_id, e.type
  FROM pg_catalog.pg_attribute AS a
  JOIN pg_catalog.pg_inherits AS i ON i.inhrelid = a.attrelid
  JOIN pg_catalog.pg_attribute AS p ON p.attrelid = i.inhparent AND p.attname = a.attname,
       LATERAL (SELECT 'pg_class'::regclass::oid, a.attrelid, a.attnum, p.attrelid, p.attnum, 'a' WHERE NOT a.attislocal
                UNION ALL SELECT 'pg_class'::regclass, p.attrelid, p.attnum, a.attrelid, a.attnum, 'n' WHERE a.attislocal)
       AS e(class_id, object_id, sub_id, to_object_id, to_sub_id, type)
 WHERE a.attinhcount > 0
UNION ALL
-- Their defaults come behind their parents', which would run over them. One that has none has a row of column_default.sql, too.
SELECT 'pg_attrdef'::regclass, coalesce(d.oid, a.attrelid), CASE WHEN d.oid IS NULL THEN a.attnum ELSE 0 END,
       'pg_attrdef'::regclass, e.oid, 0, 'n'
  FROM pg_catalog.pg_attribute AS a
  JOIN pg_catalog.pg_inherits AS i ON i.inhrelid = a.attrelid
  JOIN pg_catalog.pg_attribute AS p ON p.attrelid = i.inhparent AND p.attname = a.attname
  JOIN pg_catalog.pg_attrdef AS e ON e.adrelid = p.attrelid AND e.adnum = p.attnum
  LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE a.attinhcount > 0
UNION ALL
-- Checks that their table declares, too, come before their parents'.
SELECT 'pg_constraint'::regclass, p.oid, 0, 'pg_constraint'::regclass, c.oid, 0, 'n'
  FROM pg_catalog.pg_constraint AS c
  JOIN pg_catalog.pg_inherits AS i ON i.inhrelid = c.conrelid
  JOIN pg_catalog.pg_constraint AS p ON p.conrelid = i.inhparent AND p.conname = c.conname AND p.contype = 'c'
 WHERE c.contype = 'c' AND c.conislocal AND c.coninhcount > 0
UNION ALL
SELECT 'pg_inherits'::regclass::oid, a.attrelid, 0, 'pg_class'::regclass::oid, a.attrelid, a.attnum, 'n'
  FROM pg_catalog.pg_attribute AS a
 WHERE a.attinhcount > 0
