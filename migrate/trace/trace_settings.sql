-- What this session has set that its next statements go on with. Columns: name, value. Serves 12 and newer.
SELECT s.name AS name, s.setting AS value
FROM pg_catalog.pg_settings AS s
WHERE s.source = 'session'
UNION ALL
SELECT 'role', pg_catalog.current_setting('role')
UNION ALL
SELECT 'session_authorization', pg_catalog.current_setting('session_authorization')
ORDER BY 1
