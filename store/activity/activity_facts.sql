-- Who asks, and whether the role may see what sessions of other roles do. No parameters. One row.
-- Columns: role, database, own_pid, sees_all, at. Servers from 12.
SELECT current_user::text                   AS role,
       pg_catalog.current_database()::text  AS database,
       pg_catalog.pg_backend_pid()::bigint  AS own_pid,
       pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') AS sees_all,
       pg_catalog.to_char(pg_catalog.clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at
