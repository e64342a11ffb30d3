-- Agents: what calls a model, with the defaults its calls start from.
-- A name is unique among the agents that are not deleted, whatever its case; a deleted one can be used again.
-- CREATE OR REPLACE TRIGGER needs PostgreSQL 14 and we serve 12, so a block looks into pg_trigger.

CREATE TABLE IF NOT EXISTS agents (
    id                    bigint       PRIMARY KEY,
    created_at            timestamptz  NOT NULL DEFAULT now(),
    updated_at            timestamptz  NOT NULL DEFAULT now(),
    is_deleted            boolean      NOT NULL DEFAULT false,
    name                  varchar(255) NOT NULL CHECK (name <> ''),
    description           text,
    default_model         varchar(255) NOT NULL,
    default_system_prompt text,
    default_settings      jsonb        NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(default_settings) = 'object')
);

CREATE UNIQUE INDEX IF NOT EXISTS agents_live_name_idx ON agents (lower(name)) WHERE NOT is_deleted;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger
                    WHERE tgrelid = 'agents'::regclass AND tgname = 'agents_touch_updated_at') THEN
        CREATE TRIGGER agents_touch_updated_at
            BEFORE UPDATE ON agents
            FOR EACH ROW
            WHEN (OLD.* IS DISTINCT FROM NEW.*)
            EXECUTE FUNCTION touch_updated_at();
    END IF;
END
$$;

COMMENT ON TABLE agents IS 'A caller of language models, with its default model, prompt and settings';
COMMENT ON COLUMN agents.id IS 'Snowflake, given by the application';
COMMENT ON COLUMN agents.default_settings IS 'Sampling settings as the provider takes them: temperature, max_tokens';
