-- The databases of the cache that nobody holds and that are too much: replaced states, the least recently used beyond a number and a
-- size, and copies but the newest two, or of a state that is gone.
-- $1: how many states are kept; $2: bytes that are kept. Columns: id. Serves 12 and newer.
SELECT d.id
FROM (
    SELECT s.id, s.key IS NULL OR pg_catalog.row_number() OVER newest > $1::bigint
            OR pg_catalog.sum(s.size_bytes) OVER newest > $2::bigint AS is_surplus
    FROM pgdeck.database AS s
    WHERE s.kind = 'state'
    WINDOW newest AS (ORDER BY s.key IS NULL, s.used_at DESC, s.id DESC)
    UNION ALL
    SELECT t.id, pg_catalog.row_number() OVER (ORDER BY t.id DESC) > 2
            OR NOT EXISTS (SELECT FROM pgdeck.database AS s WHERE s.kind = 'state' AND s.key = t.copy_of)
    FROM pgdeck.database AS t
    WHERE t.kind = 'spare' AND t.copy_of IS NOT NULL
) AS d
WHERE d.is_surplus
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_locks AS l
        WHERE l.locktype = 'advisory' AND l.classid = 2 AND l.objid = d.id::oid AND l.objsubid = 2
            AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
    )
