-- What a session has kept of a file that has ended, a row each.
-- Parameters: $1 the search_path that the run has set ("": none), $2 its statement_timeout in milliseconds. Columns: what
-- ("setting", "temporary object", "advisory lock"), name. Oldest server: 12.
SELECT 'setting' AS what, s.name || ' = ' || pg_catalog.current_setting(s.name) AS name
FROM pg_catalog.pg_settings AS s
WHERE s.source = 'session' AND s.name <> ALL (ARRAY['application_name', 'lock_timeout', 'idle_in_transaction_session_timeout',
        'synchronous_commit', 'client_connection_check_interval', 'client_encoding', 'role', 'session_authorization', 'deadlock_timeout'])
    AND NOT (s.name = 'statement_timeout' AND s.setting = $2::text)
    AND NOT (s.name = 'search_path' AND s.setting = $1::text)
UNION ALL
SELECT 'temporary object', c.relname::text
FROM pg_catalog.pg_class AS c WHERE c.relnamespace = pg_catalog.pg_my_temp_schema() AND c.relkind IN ('r', 'v', 'S', 'm')
UNION ALL
SELECT 'advisory lock', pg_catalog.concat_ws(', ', l.classid::text, l.objid::text)
FROM pg_catalog.pg_lock_status() AS l WHERE l.locktype = 'advisory' AND l.pid = pg_catalog.pg_backend_pid() AND l.granted
ORDER BY 1, 2
