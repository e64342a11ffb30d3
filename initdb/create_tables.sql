-- The whole schema of Replay LLM Call for an empty database: what all files in migrations/ leave behind, in one script.
-- Run it in one transaction. It ends with the ledger, seeded with every version, so that nothing is pending afterwards.
-- Each new migration changes this file too; `pgdeck check --rule parity.init` says whether the two agree.

CREATE TYPE case_status AS ENUM ('draft', 'active', 'retired');
CREATE TYPE run_status AS ENUM ('queued', 'running', 'completed', 'failed', 'cancelled');
CREATE TYPE log_verdict AS ENUM ('pending', 'passed', 'failed', 'error');
CREATE DOMAIN score AS numeric(5,2) CHECK (VALUE BETWEEN 0 AND 100);
CREATE DOMAIN usd AS numeric(12,6) CHECK (VALUE >= 0);

COMMENT ON TYPE log_verdict IS 'error: no usable reply, so nothing was judged';
COMMENT ON DOMAIN score IS 'Points of 100';
COMMENT ON DOMAIN usd IS 'US dollars, to a millionth: single calls cost fractions of a cent';

CREATE FUNCTION touch_updated_at() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

COMMENT ON FUNCTION touch_updated_at() IS 'Row trigger: stamps updated_at of a changed row';

CREATE TABLE agents (
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

CREATE UNIQUE INDEX agents_live_name_idx ON agents (lower(name)) WHERE NOT is_deleted;

CREATE TRIGGER agents_touch_updated_at
    BEFORE UPDATE ON agents
    FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION touch_updated_at();

COMMENT ON TABLE agents IS 'A caller of language models, with its default model, prompt and settings';
COMMENT ON COLUMN agents.id IS 'Snowflake, given by the application';
COMMENT ON COLUMN agents.default_settings IS 'Sampling settings as the provider takes them: temperature, max_tokens';

CREATE TABLE test_cases (
    id                bigint       PRIMARY KEY,
    created_at        timestamptz  NOT NULL DEFAULT now(),
    updated_at        timestamptz  NOT NULL DEFAULT now(),
    is_deleted        boolean      NOT NULL DEFAULT false,
    agent_id          bigint       NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    source_call_id    varchar(64),
    name              varchar(255) NOT NULL CHECK (name <> ''),
    model             varchar(255) NOT NULL,
    messages          jsonb        NOT NULL CHECK (jsonb_typeof(messages) = 'array' AND messages <> '[]'),
    tools             jsonb        NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(tools) = 'array'),
    settings          jsonb        NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
    expectation       text,
    status            case_status  NOT NULL DEFAULT 'draft',
    last_user_message varchar(500),
    UNIQUE (agent_id, source_call_id)
);

CREATE INDEX test_cases_active_idx ON test_cases (agent_id, name)
    WHERE status = 'active' AND NOT is_deleted;
CREATE INDEX test_cases_tools_idx ON test_cases USING gin (tools jsonb_path_ops);
CREATE INDEX test_cases_search_idx ON test_cases USING gin (to_tsvector('simple', last_user_message));

CREATE TRIGGER test_cases_touch_updated_at
    BEFORE UPDATE ON test_cases
    FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION touch_updated_at();

COMMENT ON TABLE test_cases IS 'A recorded call to a language model, to be replayed';
COMMENT ON COLUMN test_cases.source_call_id IS 'The call in the service that logged it; null for a case made by hand';
COMMENT ON COLUMN test_cases.messages IS 'The conversation as sent, system prompt included, oldest first';
COMMENT ON COLUMN test_cases.expectation IS 'What a good reply does, in words, for the judge';
COMMENT ON COLUMN test_cases.last_user_message IS 'Start of the last message with role user, for lists and search';
COMMENT ON COLUMN test_cases.status IS 'Only active cases take part in regression tests';

CREATE TABLE evaluation_settings (
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

CREATE UNIQUE INDEX evaluation_settings_default_idx ON evaluation_settings (is_default)
    WHERE is_default AND NOT is_deleted;

CREATE TRIGGER evaluation_settings_touch_updated_at
    BEFORE UPDATE ON evaluation_settings
    FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION touch_updated_at();

COMMENT ON TABLE evaluation_settings IS 'How replies are judged: judge model, its prompt, and the score that passes';
COMMENT ON COLUMN evaluation_settings.pass_score IS 'A reply with this score or more has passed';
COMMENT ON COLUMN evaluation_settings.is_default IS 'Taken by a regression test that names no settings; at most one';

CREATE TABLE regression_tests (
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
    cancel_reason          text,
    CONSTRAINT regression_tests_times_check CHECK (finished_at >= started_at),
    CONSTRAINT regression_tests_end_check
        CHECK (status NOT IN ('completed', 'failed', 'cancelled') OR finished_at IS NOT NULL)
);

CREATE INDEX regression_tests_agent_id_idx ON regression_tests (agent_id, created_at);
CREATE INDEX regression_tests_evaluation_settings_id_idx ON regression_tests (evaluation_settings_id);

CREATE TRIGGER regression_tests_touch_updated_at
    BEFORE UPDATE ON regression_tests
    FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION touch_updated_at();

COMMENT ON TABLE regression_tests IS 'A run over many test cases of one agent';
COMMENT ON COLUMN regression_tests.model IS 'Replaces the recorded model; null replays with the model of each case';
COMMENT ON COLUMN regression_tests.settings IS 'Laid over the recorded settings of each case, key by key';
COMMENT ON COLUMN regression_tests.case_count IS 'Cases taken into the run when it was queued';
COMMENT ON COLUMN regression_tests.cancel_reason IS 'Who stopped the run and why, in their words';

CREATE TABLE test_logs (
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
    cached_tokens      integer,
    UNIQUE (regression_test_id, test_case_id, attempt),
    CONSTRAINT test_logs_outcome_check CHECK (verdict = 'pending' OR response IS NOT NULL OR error IS NOT NULL)
);

CREATE INDEX test_logs_test_case_id_idx ON test_logs (test_case_id, created_at);
CREATE INDEX test_logs_failed_idx ON test_logs (created_at) WHERE verdict = 'failed' AND NOT is_deleted;

CREATE TRIGGER test_logs_touch_updated_at
    BEFORE UPDATE ON test_logs
    FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION touch_updated_at();

COMMENT ON TABLE test_logs IS 'One replay of one test case';
COMMENT ON COLUMN test_logs.regression_test_id IS 'Null for a replay started by hand, or whose run was removed';
COMMENT ON COLUMN test_logs.request IS 'Exactly what was sent, without credentials';
COMMENT ON COLUMN test_logs.score IS 'Given by the judge; null until judged';
COMMENT ON COLUMN test_logs.first_token_ms IS 'From sending to the first token; null when not streamed';
COMMENT ON COLUMN test_logs.cached_tokens IS 'Prompt tokens that the provider had cached; null when it did not say';

CREATE VIEW regression_test_results AS
SELECT r.id AS regression_test_id,
       r.agent_id,
       a.name AS agent_name,
       r.status,
       r.started_at,
       r.finished_at,
       r.case_count,
       count(l.id) AS log_count,
       count(l.id) FILTER (WHERE l.verdict = 'passed') AS passed_count,
       count(l.id) FILTER (WHERE l.verdict = 'failed') AS failed_count,
       round(100.0 * count(l.id) FILTER (WHERE l.verdict = 'passed')
             / nullif(count(l.id) FILTER (WHERE l.verdict IN ('passed', 'failed')), 0), 2) AS pass_rate,
       round(avg(l.score), 2) AS mean_score,
       percentile_disc(0.95) WITHIN GROUP (ORDER BY l.duration_ms) AS p95_duration_ms,
       sum(l.cost) AS cost,
       sum(l.cached_tokens) AS cached_tokens,
       round(100.0 * sum(l.cached_tokens)
             / nullif(sum(l.prompt_tokens) FILTER (WHERE l.cached_tokens IS NOT NULL), 0), 2) AS cached_share
  FROM regression_tests r
  JOIN agents a ON a.id = r.agent_id
  LEFT JOIN test_logs l ON l.regression_test_id = r.id AND NOT l.is_deleted
 WHERE NOT r.is_deleted
 GROUP BY r.id, r.agent_id, a.name, r.status, r.started_at, r.finished_at, r.case_count;

COMMENT ON VIEW regression_test_results IS 'One row a run: counts, pass rate, score, slowest 5 %, cost';

INSERT INTO evaluation_settings
    (id, created_at, updated_at, name, judge_model, judge_prompt, pass_score, is_default)
VALUES
    (821306798899200000, '2026-03-16 09:00:00+00', '2026-03-16 09:00:00+00', 'standard', 'gpt-4.1-mini',
     'Score from 0 to 100 how well the reply meets the expectation. Wording is free; content is not.', 80, true),
    (821306798899200001, '2026-03-16 09:00:00+00', '2026-03-16 09:00:00+00', 'strict', 'gpt-4.1',
     'Score from 0 to 100. Every point of the expectation that is missing or contradicted costs 20.', 95, false),
    (821306798899200002, '2026-03-16 09:00:00+00', '2026-03-16 09:00:00+00', 'tool_calls', 'gpt-4.1-mini',
     'Score 100 if the reply calls the expected tools with equivalent arguments, in any order, else 0.', 100, false);

CREATE TABLE IF NOT EXISTS schema_migrations (
    version     text PRIMARY KEY,              -- as spelled in the file name; compared as a 64-bit integer
    description text,
    checksum    text,                          -- sha256 of the LF-normalised text; NULL = adopted, never "changed"
    applied_at  timestamptz NOT NULL DEFAULT now(),
    applied_by  text        NOT NULL DEFAULT session_user,
    duration_ms bigint,
    run         text                           -- the run that applied it; NULL = seeded or adopted
);

INSERT INTO schema_migrations (version, description) VALUES
    ('001', 'create_foundation'),
    ('002', 'create_agents'),
    ('003', 'create_test_cases'),
    ('004', 'create_evaluation_settings'),
    ('005', 'create_regression_tests'),
    ('006', 'create_test_logs'),
    ('007', 'seed_evaluation_settings'),
    ('008', 'create_regression_test_results'),
    ('009', 'add_cancelled_runs'),
    ('010', 'add_last_user_message'),
    ('011', 'check_run_end'),
    ('012', 'settle_old_rows'),
    ('013', 'add_cached_tokens'),
    ('014', 'index_failures_and_search')
ON CONFLICT DO NOTHING;
