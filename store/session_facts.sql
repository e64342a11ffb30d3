-- Who is there: one row about the session and its server. No parameters.
-- Columns: server_version, role, session_role, database, in_recovery, read_only, is_superuser, backend_pid. Servers from 12.
SELECT pg_catalog.current_setting('server_version') AS server_version,
       current_user::text                          AS role,
       session_user::text                          AS session_role,
       pg_catalog.current_database()::text         AS database,
       pg_catalog.pg_is_in_recovery()              AS in_recovery,
       pg_catalog.current_setting('transaction_read_only') = 'on' AS read_only,
       pg_catalog.current_setting('is_superuser') = 'on'          AS is_superuser,
       pg_catalog.pg_backend_pid()::bigint         AS backend_pid
