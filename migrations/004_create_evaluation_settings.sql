-- Evaluation settings: how a reply is judged, by which model, and from which score on it passes.
-- At most one row is the default: a unique index on the flag, over the rows that have it, sees to that.
-- A name is never given twice, not even after a deletion: old reports quote it.

CREATE TABLE IF NOT EXISTS evaluation_settings (
    id             bigint       PRIMARY KEY,
    created_at     timestamptz  NOT NULL DEFAULT now(),
    updated_at     timestamptz  NOT NULL DEFAULT now(),
    is_deleted     boolean      NOT NULL DEFAULT false,
    name           varchar(100) NOT NULL UNIQUE CHECK (name <> ''),
    judge_model    varchar(255) NOT NULL,
    judge_prompt   text         NOT NULL,
    judge_settings jsonb        NOT NULL DEFAULT '{"temperature": 0}'
                                CHECK (jsonb_typeof(judge_settings) = 'object'),
    pass_score     score        NOT NULL DEFAULT 80,
    is_default     boolean      NOT NULL DEFAULT false
);

CREATE UNIQUE INDEX IF NOT EXISTS evaluation_settings_default_idx ON evaluation_settings (is_default)
    WHERE is_default AND NOT is_deleted;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger
                    WHERE tgrelid = 'evaluation_settings'::regclass
                      AND tgname = 'evaluation_settings_touch_updated_at') THEN
        CREATE TRIGGER evaluation_settings_touch_updated_at
            BEFORE UPDATE ON evaluation_settings
            FOR EACH ROW
            WHEN (OLD.* IS DISTINCT FROM NEW.*)
            EXECUTE FUNCTION touch_updated_at();
    END IF;
END
$$;

COMMENT ON TABLE evaluation_settings IS 'How replies are judged: judge model, its prompt, and the score that passes';
COMMENT ON COLUMN evaluation_settings.pass_score IS 'A reply with this score or more has passed';
COMMENT ON COLUMN evaluation_settings.is_default IS 'Taken by a regression test that names no settings; at most one';
