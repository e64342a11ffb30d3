-- Test logs: one replay of one case, with the request as sent, the reply, the verdict, timings and cost.
-- A log goes with its case (CASCADE) but outlives its run (SET NULL): the history of a case is worth more than the run.
-- The unique constraint stops a worker that was restarted from logging an attempt twice; it also indexes the run's key.

CREATE TABLE IF NOT EXISTS test_logs (
    id                 bigint       PRIMARY KEY,
    created_at         timestamptz  NOT NULL DEFAULT now(),
    updated_at         timestamptz  NOT NULL DEFAULT now(),
    is_deleted         boolean      NOT NULL DEFAULT false,
    test_case_id       bigint       NOT NULL REFERENCES test_cases (id) ON DELETE CASCADE,
    regression_test_id bigint       REFERENCES regression_tests (id) ON DELETE SET NULL,
    attempt            smallint     NOT NULL DEFAULT 1 CHECK (attempt > 0),
    model              varchar(255) NOT NULL,
    request            jsonb        NOT NULL,
    response           jsonb,
    error              text,
    verdict            log_verdict  NOT NULL DEFAULT 'pending',
    verdict_reason     text,
    score              score,
    first_token_ms     integer      CHECK (first_token_ms >= 0),
    duration_ms        integer      CHECK (duration_ms >= 0),
    prompt_tokens      integer      CHECK (prompt_tokens >= 0),
    completion_tokens  integer      CHECK (completion_tokens >= 0),
    cost               usd,
    UNIQUE (regression_test_id, test_case_id, attempt),
    CONSTRAINT test_logs_outcome_check CHECK (verdict = 'pending' OR response IS NOT NULL OR error IS NOT NULL)
);

CREATE INDEX IF NOT EXISTS test_logs_test_case_id_idx ON test_logs (test_case_id, created_at);

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger
                    WHERE tgrelid = 'test_logs'::regclass AND tgname = 'test_logs_touch_updated_at') THEN
        CREATE TRIGGER test_logs_touch_updated_at
            BEFORE UPDATE ON test_logs
            FOR EACH ROW
            WHEN (OLD.* IS DISTINCT FROM NEW.*)
            EXECUTE FUNCTION touch_updated_at();
    END IF;
END
$$;

COMMENT ON TABLE test_logs IS 'One replay of one test case';
COMMENT ON COLUMN test_logs.regression_test_id IS 'Null for a replay started by hand, or whose run was removed';
COMMENT ON COLUMN test_logs.request IS 'Exactly what was sent, without credentials';
COMMENT ON COLUMN test_logs.score IS 'Given by the judge; null until judged';
COMMENT ON COLUMN test_logs.first_token_ms IS 'From sending to the first token; null when not streamed';
