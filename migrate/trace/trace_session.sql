-- The settings of a session on the target, as its role and database have them, that decide what a statement does: a change of a column
-- from timestamp to timestamptz rewrites the table or does not, as the time zone is. Columns: name, value. Serves 12 and newer.
SELECT s.name AS name, s.reset_val AS value
FROM pg_catalog.pg_settings AS s
WHERE s.name IN ('TimeZone', 'search_path', 'DateStyle', 'IntervalStyle', 'default_table_access_method', 'check_function_bodies',
    'default_toast_compression', 'array_nulls', 'xmloption', 'bytea_output')
ORDER BY s.name
