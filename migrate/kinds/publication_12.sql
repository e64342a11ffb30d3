-- Publications. Parameters: none. Columns: as publication.sql. Serves 12 to 14.
SELECT quote_ident(p.pubname) AS identity,
       quote_ident(p.pubname) AS name,
       NULL AS parent,
       NULL AS schema,
       obj_description(p.oid, 'pg_publication') AS comment,
       'pg_publication'::regclass::oid AS class_id,
       p.oid AS object_id,
       0 AS sub_id,
       p.puballtables::text AS all_tables,
       (SELECT string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ', '
                          ORDER BY pg_catalog.format('%I.%I', n.nspname, c.relname) COLLATE "C")
          FROM pg_catalog.pg_publication_rel AS r
          JOIN pg_catalog.pg_class AS c ON c.oid = r.prrelid
          JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
         WHERE r.prpubid = p.oid) AS tables,
       NULL AS schemas,
       concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
                 CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END) AS publish,
       to_jsonb(p) ->> 'pubviaroot' AS publish_via_partition_root,
       NULL AS publish_generated_columns
  FROM pg_catalog.pg_publication AS p
