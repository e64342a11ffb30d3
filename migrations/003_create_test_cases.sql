-- Test cases: calls as they were recorded, to be replayed, with what a good reply must do.
-- The foreign key's own index is the unique one (agent_id leads it); it also makes an import that runs twice harmless.
-- The GIN index serves "which cases offer this tool": tools @> '[{"function": {"name": "search"}}]'.

CREATE TABLE IF NOT EXISTS test_cases (
    id             bigint       PRIMARY KEY,
    created_at     timestamptz  NOT NULL DEFAULT now(),
    updated_at     timestamptz  NOT NULL DEFAULT now(),
    is_deleted     boolean      NOT NULL DEFAULT false,
    agent_id       bigint       NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    source_call_id varchar(64),
    name           varchar(255) NOT NULL CHECK (name <> ''),
    model          varchar(255) NOT NULL,
    messages       jsonb        NOT NULL CHECK (jsonb_typeof(messages) = 'array' AND messages <> '[]'),
    tools          jsonb        NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(tools) = 'array'),
    settings       jsonb        NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
    expectation    text,
    status         case_status  NOT NULL DEFAULT 'draft',
    UNIQUE (agent_id, source_call_id)
);

CREATE INDEX IF NOT EXISTS test_cases_active_idx ON test_cases (agent_id, name)
    WHERE status = 'active' AND NOT is_deleted;
CREATE INDEX IF NOT EXISTS test_cases_tools_idx ON test_cases USING gin (tools jsonb_path_ops);

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger
                    WHERE tgrelid = 'test_cases'::regclass AND tgname = 'test_cases_touch_updated_at') THEN
        CREATE TRIGGER test_cases_touch_updated_at
            BEFORE UPDATE ON test_cases
            FOR EACH ROW
            WHEN (OLD.* IS DISTINCT FROM NEW.*)
            EXECUTE FUNCTION touch_updated_at();
    END IF;
END
$$;

COMMENT ON TABLE test_cases IS 'A recorded call to a language model, to be replayed';
COMMENT ON COLUMN test_cases.source_call_id IS 'The call in the service that logged it; null for a case made by hand';
COMMENT ON COLUMN test_cases.messages IS 'The conversation as sent, system prompt included, oldest first';
COMMENT ON COLUMN test_cases.expectation IS 'What a good reply does, in words, for the judge';
COMMENT ON COLUMN test_cases.status IS 'Only active cases take part in regression tests';
