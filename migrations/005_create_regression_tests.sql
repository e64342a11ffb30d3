-- Regression tests: one run over an agent's active cases, perhaps with another model or other settings than recorded.
-- A run keeps the evaluation settings it was judged by, so those cannot be removed under it (RESTRICT);
-- an agent takes its runs along (CASCADE).

CREATE TABLE IF NOT EXISTS regression_tests (
    id                     bigint       PRIMARY KEY,
    created_at             timestamptz  NOT NULL DEFAULT now(),
    updated_at             timestamptz  NOT NULL DEFAULT now(),
    is_deleted             boolean      NOT NULL DEFAULT false,
    agent_id               bigint       NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    evaluation_settings_id bigint       NOT NULL REFERENCES evaluation_settings (id) ON DELETE RESTRICT,
    status                 run_status   NOT NULL DEFAULT 'queued',
    model                  varchar(255),
    settings               jsonb        NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
    case_count             integer      NOT NULL DEFAULT 0 CHECK (case_count >= 0),
    started_at             timestamptz,
    finished_at            timestamptz,
    CONSTRAINT regression_tests_times_check CHECK (finished_at >= started_at)
);

CREATE INDEX IF NOT EXISTS regression_tests_agent_id_idx ON regression_tests (agent_id, created_at);
CREATE INDEX IF NOT EXISTS regression_tests_evaluation_settings_id_idx ON regression_tests (evaluation_settings_id);

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger
                    WHERE tgrelid = 'regression_tests'::regclass AND tgname = 'regression_tests_touch_updated_at') THEN
        CREATE TRIGGER regression_tests_touch_updated_at
            BEFORE UPDATE ON regression_tests
            FOR EACH ROW
            WHEN (OLD.* IS DISTINCT FROM NEW.*)
            EXECUTE FUNCTION touch_updated_at();
    END IF;
END
$$;

COMMENT ON TABLE regression_tests IS 'A run over many test cases of one agent';
COMMENT ON COLUMN regression_tests.model IS 'Replaces the recorded model; null replays with the model of each case';
COMMENT ON COLUMN regression_tests.settings IS 'Laid over the recorded settings of each case, key by key';
COMMENT ON COLUMN regression_tests.case_count IS 'Cases taken into the run when it was queued';
