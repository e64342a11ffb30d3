-- The columns of a relation, in its order. Parameters: $1 its oid. key: the place in the key (from 1) by which rows are told apart: the
-- primary key, else the smallest unique index whose columns are all NOT NULL. base: the type below all domains. order_schema: where the
-- operators of its btree order are; NULL: it has none, or a part of it (of an array, a row) has none. is_bounded: its texts are short.
-- labels: of an enumerated type. is_leading: an index that is no partial one begins with it.
-- Serves 12 and later.
WITH keys AS (
    SELECT i.indexrelid, i.indkey, i.indnkeyatts
      FROM pg_catalog.pg_index AS i
     WHERE i.indrelid = $1::oid AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a
                        WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey[0:i.indnkeyatts - 1]) AND NOT a.attnotnull)
     ORDER BY i.indisprimary DESC, i.indnkeyatts, i.indexrelid
     LIMIT 1
)
SELECT a.attname AS name,
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
       pg_catalog.format_type(b.oid, NULL) AS base,
       NOT (a.attnotnull OR (t.typtype = 'd' AND t.typnotnull)) AS is_nullable,
       coalesce(array_position(k.indkey[0:k.indnkeyatts - 1]::int2[], a.attnum), 0)::bigint AS key,
       d.adbin IS NOT NULL AND a.attgenerated = '' AS has_default,
       CASE WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END AS default_value,
       a.attgenerated <> '' AS is_generated,
       a.attidentity::text AS identity,
       coalesce(o.schema, CASE WHEN a.attnum = ANY (k.indkey[0:k.indnkeyatts - 1]) THEN 'pg_catalog' END) AS order_schema,
       b.typtype = 'c' OR pg_catalog.format_type(b.oid, NULL) LIKE 'reg%' AS needs_type,
       b.typlen > 0 OR b.oid = ANY ('{numeric,bit,varbit,inet,cidr}'::regtype[]) OR b.typtype = 'e' AS is_bounded,
       (SELECT string_agg(e.enumlabel, E'\n' ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = b.oid) AS labels,
       EXISTS (SELECT FROM pg_catalog.pg_index AS i
                WHERE i.indrelid = a.attrelid AND i.indkey[0] = a.attnum AND i.indisvalid AND i.indpred IS NULL) AS is_leading,
       pg_catalog.col_description(a.attrelid, a.attnum) AS comment
  FROM pg_catalog.pg_attribute AS a
  JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
  JOIN LATERAL (
      WITH RECURSIVE bases AS (
          SELECT t.oid, t.typtype, t.typbasetype
          UNION ALL
          SELECT n.oid, n.typtype, n.typbasetype FROM bases AS p JOIN pg_catalog.pg_type AS n ON n.oid = p.typbasetype
           WHERE p.typtype = 'd'
      ) SELECT p.oid, p.typtype, p.typelem, p.typlen, p.typrelid FROM bases AS s JOIN pg_catalog.pg_type AS p ON p.oid = s.oid
         WHERE s.typtype <> 'd'
  ) AS b ON true
  LEFT JOIN LATERAL (
      SELECT n.nspname AS schema
        FROM pg_catalog.pg_opclass AS o
        JOIN pg_catalog.pg_am AS m ON m.oid = o.opcmethod AND m.amname = 'btree'
        JOIN pg_catalog.pg_amop AS x
          ON x.amopfamily = o.opcfamily AND x.amoplefttype = o.opcintype AND x.amoprighttype = o.opcintype AND x.amopstrategy = 1
        JOIN pg_catalog.pg_operator AS w ON w.oid = x.amopopr
        JOIN pg_catalog.pg_namespace AS n ON n.oid = w.oprnamespace
       WHERE o.opcdefault
         AND (o.opcintype = b.oid
              OR (b.typelem <> 0 AND b.typlen = -1 AND o.opcintype = 'anyarray'::regtype)
              OR (b.typtype = 'e' AND o.opcintype = 'anyenum'::regtype)
              OR (b.typtype = 'r' AND o.opcintype = 'anyrange'::regtype)
              OR (b.typtype = 'c' AND o.opcintype = 'record'::regtype)
              OR EXISTS (SELECT FROM pg_catalog.pg_cast AS c
                          WHERE c.castsource = b.oid AND c.casttarget = o.opcintype AND c.castmethod = 'b' AND c.castcontext = 'i'))
       ORDER BY o.opcintype = b.oid DESC
       LIMIT 1
  ) AS o ON NOT EXISTS (
      SELECT FROM pg_catalog.pg_type AS part
       WHERE part.oid = ANY (CASE WHEN b.typtype = 'c'
                                  THEN ARRAY(SELECT x.atttypid FROM pg_catalog.pg_attribute AS x
                                              WHERE x.attrelid = b.typrelid AND x.attnum > 0 AND NOT x.attisdropped)
                                  WHEN b.typlen = -1 THEN ARRAY[b.typelem] END)
         AND part.typtype = 'b' AND NOT (part.typelem <> 0 AND part.typlen = -1)
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_opclass AS y
                           JOIN pg_catalog.pg_am AS z ON z.oid = y.opcmethod AND z.amname = 'btree'
                          WHERE y.opcdefault
                            AND (y.opcintype = part.oid
                                 OR EXISTS (SELECT FROM pg_catalog.pg_cast AS c
                                             WHERE c.castsource = part.oid AND c.casttarget = y.opcintype
                                               AND c.castmethod = 'b' AND c.castcontext = 'i'))))
  LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN keys AS k ON true
 WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attnum
