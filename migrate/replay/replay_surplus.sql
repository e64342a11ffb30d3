-- The states that nobody holds and that are too much: replaced ones, and the least recently used beyond a number and a size.
-- $1: how many are kept; $2: bytes that are kept. Columns: id. Serves 12 and newer.
SELECT d.id
FROM (
    SELECT s.id, s.key, pg_catalog.row_number() OVER newest AS number, pg_catalog.sum(s.size_bytes) OVER newest AS bytes
    FROM pgdeck.database AS s
    WHERE s.kind = 'state'
    WINDOW newest AS (ORDER BY s.key IS NULL, s.used_at DESC, s.id DESC)
) AS d
WHERE (d.key IS NULL OR d.number > $1::bigint OR d.bytes > $2::bigint)
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_locks AS l
        WHERE l.locktype = 'advisory' AND l.classid = 2 AND l.objid = d.id::oid AND l.objsubid = 2
            AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
    )
