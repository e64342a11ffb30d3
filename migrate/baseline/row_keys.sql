-- What makes a row of some tables known: unique indexes on plain columns of the whole table, the primary key first.
-- Parameters: the tables' ids, as an array. Columns: oid (of the table), columns (numbers, a blank between two). Serves 12 and later.
SELECT i.indrelid::bigint AS oid,
       (SELECT pg_catalog.string_agg(k.number::text, ' ' ORDER BY k.place)
          FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place) WHERE k.place <= i.indnkeyatts) AS columns
  FROM pg_catalog.pg_index AS i
  JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
 WHERE i.indrelid = ANY ($1::oid[])
   AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
 ORDER BY i.indrelid, i.indisprimary DESC, c.relname COLLATE "C"
