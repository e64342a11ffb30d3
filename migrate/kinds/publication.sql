-- Publications. Parameters: none. Columns: those of struct object, then the fields of publication.c. 
-- Serves 15 and later: what came later is read by way of JSON. publication_12.sql serves the others.
WITH tables AS (
    SELECT r.prpubid, string_agg(r.line, ', ' ORDER BY r.line COLLATE "C") AS lines
      FROM (
        SELECT p.prpubid,
               concat(pg_catalog.format('%I.%I', n.nspname, c.relname),
                      (SELECT pg_catalog.format(' (%s)', string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum))
                         FROM pg_catalog.pg_attribute AS a
                        WHERE a.attrelid = p.prrelid AND a.attnum = ANY (p.prattrs::int2[])
                       HAVING count(*) > 0),
                      ' WHERE (' || pg_catalog.pg_get_expr(p.prqual, p.prrelid) || ')') AS line
          FROM pg_catalog.pg_publication_rel AS p
          JOIN pg_catalog.pg_class AS c ON c.oid = p.prrelid
          JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      ) AS r
     GROUP BY r.prpubid
), schemas AS (
    SELECT p.pnpubid, string_agg(quote_ident(n.nspname), ', ' ORDER BY n.nspname COLLATE "C") AS lines
      FROM pg_catalog.pg_publication_namespace AS p
      JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pnnspid
     GROUP BY p.pnpubid
)
SELECT quote_ident(p.pubname) AS identity,
       quote_ident(p.pubname) AS name,
       NULL AS parent,
       NULL AS schema,
       obj_description(p.oid, 'pg_publication') AS comment,
       'pg_publication'::regclass::oid AS class_id,
       p.oid AS object_id,
       0 AS sub_id,
       p.puballtables::text AS all_tables,
       t.lines AS tables,
       s.lines AS schemas,
       concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
                 CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END) AS publish,
       p.pubviaroot::text AS publish_via_partition_root,
       CASE to_jsonb(p) ->> 'pubgencols' WHEN 's' THEN 'stored' WHEN 'n' THEN 'none' END AS publish_generated_columns
  FROM pg_catalog.pg_publication AS p
  LEFT JOIN tables AS t ON t.prpubid = p.oid
  LEFT JOIN schemas AS s ON s.pnpubid = p.oid
