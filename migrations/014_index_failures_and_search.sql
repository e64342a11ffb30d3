-- pgdeck: no-transaction
-- Two indexes for two screens: the recent failures over all agents, and the search in what users asked.
-- Both tables are in use all day, so the indexes are built CONCURRENTLY: reads and writes go on.
-- A build that was broken off leaves an invalid index, which IF NOT EXISTS takes for a finished one; the last block
-- fails on such an index by name.

CREATE INDEX CONCURRENTLY IF NOT EXISTS test_logs_failed_idx ON test_logs (created_at)
    WHERE verdict = 'failed' AND NOT is_deleted;

CREATE INDEX CONCURRENTLY IF NOT EXISTS test_cases_search_idx ON test_cases
    USING gin (to_tsvector('simple', last_user_message));

DO $$
DECLARE
    broken regclass;
BEGIN
    SELECT indexrelid::regclass INTO broken
      FROM pg_index
     WHERE indexrelid IN ('test_logs_failed_idx'::regclass, 'test_cases_search_idx'::regclass)
       AND NOT indisvalid
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'index % is invalid', broken
            USING HINT = format('Run DROP INDEX CONCURRENTLY %s, then this file again.', broken);
    END IF;
END
$$;
