-- The session's settings for the length of a snapshot's transaction: texts must not depend on the role, the database or the reader.
-- No nested loops: a scratch database has no statistics, and the planner then takes large catalogs for small ones.
-- Parameters: none. Rows: one, without meaning. Serves 12 and later.
SELECT pg_catalog.set_config(s.name, s.value, true)
  FROM (VALUES ('search_path', ''), ('DateStyle', 'ISO, MDY'), ('IntervalStyle', 'postgres'), ('TimeZone', 'UTC'),
               ('extra_float_digits', '1'), ('quote_all_identifiers', 'off'), ('bytea_output', 'hex'), ('xmlbinary', 'base64'),
               ('row_security', 'off'), ('jit', 'off'), ('enable_partition_pruning', 'on'), ('enable_nestloop', 'off')) AS s(name, value)
