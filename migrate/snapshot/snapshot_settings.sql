-- The session's settings for the length of a snapshot's transaction: texts must not depend on the role, the database or the reader.
-- Parameters: none. Rows: one, without meaning. Serves 12 and later.
SELECT pg_catalog.set_config(s.name, s.value, true)
  FROM (VALUES ('search_path', ''), ('DateStyle', 'ISO, MDY'), ('IntervalStyle', 'postgres'), ('TimeZone', 'UTC'),
               ('extra_float_digits', '1'), ('quote_all_identifiers', 'off'), ('bytea_output', 'hex'), ('xmlbinary', 'base64'),
               ('row_security', 'off'), ('jit', 'off'), ('enable_partition_pruning', 'on')) AS s(name, value)
