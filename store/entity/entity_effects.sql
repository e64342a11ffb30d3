-- What the transaction that runs has done to rows so far, by table: triggers and cascades included. Parameters: none. Serves 12 and later.
SELECT s.schemaname AS schema,
       s.relname AS "table",
       s.n_tup_ins AS inserted,
       s.n_tup_upd AS updated,
       s.n_tup_del AS deleted
  FROM pg_catalog.pg_stat_xact_user_tables AS s
 WHERE s.n_tup_ins + s.n_tup_upd + s.n_tup_del > 0
 ORDER BY s.schemaname COLLATE "C", s.relname COLLATE "C"
