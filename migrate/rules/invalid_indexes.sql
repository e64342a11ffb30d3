-- Indexes that are not valid, and that nobody builds now: one that another session has locked is being built, or dropped.
-- Columns: name (schema-qualified, quoted), relation, definition, is_constraint (it belongs to a key: cannot be dropped by
-- itself), is_partitioned (it waits for the indexes of partitions). Oldest server: 12.
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name,
    pg_catalog.format('%I.%I', tn.nspname, t.relname) AS relation,
    pg_catalog.pg_get_indexdef(i.indexrelid) AS definition,
    EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')) AS is_constraint,
    c.relkind = 'I' AS is_partitioned
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
WHERE NOT i.indisvalid AND n.nspname NOT LIKE 'pg\_%'
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_locks AS l
        WHERE l.locktype = 'relation' AND l.relation = i.indexrelid AND l.pid <> pg_catalog.pg_backend_pid()
            AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()))
ORDER BY 1
