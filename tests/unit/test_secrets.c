/* pgdeck: allow secrets because all of these are made up
 * Secrets in texts: what was planted is found, at its line and without showing it; what only looks like a secret is
 * not.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <time.h>

#include "migrate/secrets.h"

static int set_up(void **state)
{
    *state = talloc_new(NULL);
    return 0;
}

static int tear_down(void **state) { return talloc_free(*state); }

#define KEY_LINE "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n"
#define JWT                                                                                                            \
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
#define SCRAM                                                                                                          \
    "SCRAM-SHA-256$4096:ZxlH2fTPSVOHLgHOm3Vu8g==$vVbfEP1mN9MdIdVUTlsXyBjHVKVhJoM1hzeVGqMGX2Q=:"                        \
    "s8oH0aPqg6vQiF3AJyx5QdvG4Yf4Y5i9Ck3TyRUSxIA="

/* One secret each, but where `count` says so; at `line`; and no part of it is told. */
static const struct {
    const char *path, *text;
    int line;
    const char *secret;
    size_t count; /* 0: one */
} planted[] = {
    /* connection URIs */
    {"pgdeck.yaml", "targets:\n  prod: {url: \"postgres://app:hunter2@db/shop\"}\n", 2, "hunter2", 0},
    {"pgdeck.yaml", "targets:\n  prod: {url: \"postgres://postgres:postgres@db/shop\"}\n", 2, ":postgres", 0},
    {"docs/setup.md", "Connect to `postgresql://app:Tr0ub4dor@db.internal:5432/shop`.\n", 1, "Tr0ub4dor", 0},
    {"app/db.py", "\n\nURL = \"postgresql+psycopg://app:pa%40ss1@db/shop\"\n", 3, "pa%40ss1", 0},
    {"config/app.toml", "redis = \"redis://:r3d1spw@cache:6379/0\"\n", 1, "r3d1spw", 0},
    {"docker-compose.yml", "      BROKER: amqp://svc:rabbit77@mq:5672\n", 1, "rabbit77", 0},
    {"a.json", "{\"dsn\": \"mysql://root:toor99@h/d\"}", 1, "toor99", 0},
    {"x.sh", "psql postgres://app:pa/ss#w0rd@h/d -c 'select 1'\n", 1, "pa/ss#w0rd", 0},
    {"migrations/001_a.sql", "SELECT dblink_connect('postgresql://rep:l1nkpw@other/db');\n", 1, "l1nkpw", 0},
    {"notes.txt", "https://deploy:gh0stt0ken@git.internal/shop.git", 1, "gh0stt0ken", 0},
    {"store/models/README.md", "jdbc:postgresql://h/d?user=app&password=jd8cpw1\n", 1, "jd8cpw1", 0},
    /* keywords and values */
    {"migrations/001_a.sql",
     "CREATE SUBSCRIPTION s CONNECTION 'host=a dbname=b user=c password=r3plica' PUBLICATION p;", 1, "r3plica", 0},
    {"migrations/001_a.sql", "SELECT dblink('host=a dbname=b password=''it s me''', 'SELECT 1');", 1, "it s me", 0},
    {"app/db.go", "db := open(\"host=h user=u password=g0lang99 dbname=d\")\n", 1, "g0lang99", 0},
    {"app.config", "\"Server=h;Database=d;User Id=app;Password=0dbcpw;\"\n", 1, "0dbcpw", 0},
    {"ops/run.sh", "psql \"host=h user=u password='two w0rds'\"\n", 1, "two w0rds", 0},
    /* clauses */
    {"migrations/002_b.sql", "\nCREATE ROLE app\n  LOGIN\n  PASSWORD 's3cr3t';\n", 4, "s3cr3t", 0},
    {"migrations/002_b.sql", "alter user app with encrypted password 'low3r';\n", 1, "low3r", 0},
    {"initdb/create_tables.sql", "CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'b', password 'fdwpw');", 1, "fdwpw",
     0},
    {"migrations/002_b.sql", "DO $$BEGIN EXECUTE 'ALTER ROLE a PASSWORD ''dynam1c'''; END$$;", 1, "dynam1c", 0},
    {"migrations/002_b.sql", "ALTER ROLE a PASSWORD $pw$dollar5$pw$;", 1, "dollar5", 0},
    {"migrations/002_b.sql", "ALTER ROLE a PASSWORD E'esc4ped';", 1, "esc4ped", 0},
    {"migrations/002_b.sql", "-- ALTER ROLE app PASSWORD 'c0mmented';\n", 1, "c0mmented", 0},
    {"app/roles.py", "cur.execute(\"CREATE ROLE app LOGIN PASSWORD 'fr0mpy'\")\n", 1, "fr0mpy", 0},
    {"docs/roles.md", "```sql\nCREATE ROLE app PASSWORD 'd0cs-pw';\n```\n", 2, "d0cs-pw", 0},
    {"migrations/002_b.sql", "CREATE ROLE a PASSWORD '" SCRAM "';", 1, "ZxlH2f", 0},
    {"migrations/002_b.sql", "CREATE ROLE a PASSWORD 'md5a3556571e93b0d20722ba62be61e8c2d';", 1, "a3556571", 0},
    {"pgbouncer/userlist.txt", "\"app\" \"md5a3556571e93b0d20722ba62be61e8c2d\"\n", 1, "a3556571", 0},
    {"migrations/003_c.sql",
     "INSERT INTO users VALUES (1, '$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW');", 1, "EixZaYVK", 0},
    /* assignments */
    {".env", "# settings\nDB_PASSWORD=geheim\n", 2, "geheim", 0},
    {".env", "POSTGRES_PASSWORD=postgres\n", 1, "=postgres", 0},
    {".env.production", "export API_TOKEN='abcd1234efgh'\nDEBUG=1\n", 1, "abcd1234", 0},
    {"ci.env", "JWT_SECRET=keyboard-cat-dance\n", 1, "keyboard", 0},
    {"docker-compose.yml", "    environment:\n      POSTGRES_PASSWORD: gr4pe\n", 2, "gr4pe", 0},
    {"docker-compose.yml", "      - POSTGRES_PASSWORD=gr4pe # local\n", 1, "gr4pe", 0},
    {"docker-compose.yml", "  POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:-gr4pe}\n", 1, "gr4pe", 0},
    {"k8s/app.yaml", "env:\n- name: DB_PASSWORD\n  value: kub3pw\n", 3, "kub3pw", 0},
    {"ecs.json", "[{\"name\": \"DB_PASSWORD\", \"value\": \"3cspw\"}]", 1, "3cspw", 0},
    {".github/workflows/ci.yml", "      run: PGPASSWORD=w0rkflow psql -h db\n", 1, "w0rkflow", 0},
    {"config.yaml", "db: {user: a, password: fl0w, host: h}\n", 1, "fl0w", 0},
    {"config.json", "{\n \"api_key\": \"9f8e7d6c5b4a\"\n}", 2, "9f8e7d6c5b4a", 0},
    {"alembic.ini", "[db]\npassword = in1pw\n", 2, "in1pw", 0},
    {"settings.py", "SECRET_KEY = 'dj4ngo-insecure-xyz'\n", 1, "dj4ngo", 0},
    {"settings.py", "password: str = \"typ3d\"\n", 1, "typ3d", 0},
    {"settings.py", "DATABASES = {'default': {'PASSWORD': 'd1ctpw'}}\n", 1, "d1ctpw", 0},
    {"app.py", "pw = os.environ.get(\"DB_PASSWORD\", \"d3fault\")\n", 1, "d3fault", 0},
    {"app.py", "run(\"PGPASSWORD=subpr0c psql\")\n", 1, "subpr0c", 0},
    {"app.ts", "const client = new Client({ user: 'a', password: 'nod3pw' })\n", 1, "nod3pw", 0},
    {"app.ts", "const dbPassword: string = `b4cktick`;\n", 1, "b4cktick", 0},
    {"main.tf", "  master_password = \"t3rraform\"\n", 1, "t3rraform", 0},
    {"deploy.sh", "export PGPASSWORD=sh3llpw\n", 1, "sh3llpw", 0},
    {"deploy.sh", "mysql --password=my5ql -u root\n", 1, "my5ql", 0},
    {"Dockerfile", "FROM postgres\nENV POSTGRES_PASSWORD d0cker\n", 2, "d0cker", 0},
    {"Dockerfile", "ENV POSTGRES_PASSWORD=d0cker\n", 1, "d0cker", 0},
    {"Makefile", "DB_PASSWORD ?= m4ke\n", 1, "m4ke", 0},
    {"docs/run.md", "Run `PGPASSWORD=d0cument psql`, or\n\n    password: pr0se77\n", 1, "d0cument", 2},
    {"migrations/004_d.sql", "SELECT set_config('app.jwt_secret', 'a1b2c3d4e5f6', false);", 1, "a1b2c3", 0},
    {"migrations/004_d.sql", "ALTER DATABASE d SET app.jwt_secret TO 'a1b2c3d4e5f6';", 1, "a1b2c3", 0},
    {"migrations/004_d.sql", "UPDATE users SET password = 'hunter2' WHERE id = 1;", 1, "hunter2", 0},
    {"migrations/004_d.sql", "INSERT INTO settings VALUES ('smtp_password', 'mailpw99');", 1, "mailpw99", 0},
    {"docs/api.md", "`curl -H \"X-Api-Key: 8f14e45fceea167a5a36dedd4bea2543\" https://h`\n", 1, "8f14e45f", 0},
    {"docker-compose.yml", "POSTGRES_USER: app\nPOSTGRES_PASSWORD: app1\n", 2, "app1", 0},
    {"migrations/004_d.sql", "CREATE TABLE u (id int,\n  password varchar(9) NOT NULL DEFAULT 'd3faultpw');", 2,
     "d3faultpw", 0},
    {"store/models/u.yaml", "columns:\n  api_token: {type: text, nullable: false, default: \"'t0k3nt0k3n'\"}\n", 2,
     "t0k3n", 0},
    {"initdb/create_tables.sql",
     "INSERT INTO public.users (id, \"password\", note)\nVALUES (1, 'adm1n-pw', 'it''s, (me)'),\n (2, NULL, 'x1x1x1'),\n (3, lower('a1b2c3'), '');",
     2, "adm1n-pw", 0},
    {"old.yaml", "# DB_PASSWORD=old3r1\nx: 1\n", 1, "old3r1", 0},
    {"app.c", "const char *json = \"{\\\"password\\\": \\\"1nner\\\"}\";\n", 1, "1nner", 0},
    /* shapes */
    {"aws.txt", "aws_access_key_id AKIAJ5QTVHHGOQ3TR4UA\n", 1, "J5QTVHH", 0},
    {"a.py", "gh = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'\n", 1, "16C7e42F", 0},
    {"a.py", "client = OpenAI('sk-proj-abcDEF1234567890abcdef')\n", 1, "abcDEF", 0},
    {"notify.yml", "slack: xoxb-123456789012-abcdefABCDEF\n", 1, "123456789012", 0},
    {"docs/api.md", "curl -H 'Authorization: Bearer " JWT "'\n", 1, "eyJzdWI", 0},
    {"docs/api.md", "curl -H 'Authorization: Bearer 0a1b2c3d4e5f6a7b8c9d0e1f'\n", 1, "0a1b2c3d", 0},
    {"docs/api.md", "curl -u admin:cur1pw https://h/\n", 1, "cur1pw", 0},
    {"id_rsa", "-----BEGIN RSA PRIVATE KEY-----\n" KEY_LINE "-----END RSA PRIVATE KEY-----\n", 1, "MIIEvQ", 0},
    {"cert.json",
     "{\"k\": \"-----BEGIN PRIVATE KEY-----\\n"
     "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ"
     "\\n\"}",
     1, "MIIEvQ", 0},
    {"key.asc", "x\n-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n" KEY_LINE, 2, "MIIEvQ", 0},
    {".pgpass", "# comment\ndb:5432:shop:app:p4ss\\:word\n", 2, "p4ss", 0},
    {".netrc", "machine h login u password n3trc\n", 1, "n3trc", 0},
    {"hook.py", "post('https://hooks.slack.com/services/T0001/B0002/abcDEF123456')\n", 1, "abcDEF", 0},
};

static void test_secrets_planted_are_found(void **state)
{
    assert_true(countof(planted) >= 40);
    for (size_t i = 0; i < countof(planted); i++) {
        struct secrets_findings found;
        secrets_scan(*state, planted[i].path, planted[i].text, strlen(planted[i].text), &found);
        size_t count = planted[i].count ? planted[i].count : 1;
        if (found.count != count || found.items[0].line != planted[i].line)
            fail_msg("%s: %s%zu found, first %s in line %d", planted[i].path, planted[i].text, found.count,
                     found.count ? found.items[0].message : "-", found.count ? found.items[0].line : 0);
        for (size_t j = 0; j < found.count; j++) {
            const char *object = found.items[j].object ? found.items[j].object : "";
            if (strstr(found.items[j].message, planted[i].secret) || strstr(object, planted[i].secret))
                fail_msg("\"%s\" shows the secret", found.items[j].message);
        }
        assert_true(*secrets_hint(planted[i].path));
    }
}

static const struct {
    const char *path, *text;
} decoys[] = {
    /* variables and templates */
    {"pgdeck.yaml", "targets:\n  dev: {url: \"${DATABASE__URL}\"}\n  b: {url: \"postgres://app:${PW}@h/d\"}\n"},
    {"pgdeck.yaml", "targets: {prod: {url: \"service=replay_prod\"}, b: {url: \"postgres://app@db/shop\"}}\n"},
    {"docker-compose.yml", "  POSTGRES_PASSWORD: ${POSTGRES_PASSWORD}\n  B_PASSWORD: ${B_PASSWORD:?set it}\n"},
    {"docker-compose.yml", "  POSTGRES_PASSWORD: $POSTGRES_PASSWORD\n  POSTGRES_PASSWORD_FILE: /run/secrets/pg\n"},
    {".github/workflows/ci.yml", "  PGPASSWORD: ${{ secrets.PG_PASSWORD }}\n"},
    {"chart/values.yaml", "password: {{ .Values.password | quote }}\n"},
    {"config/database.yml", "  password: <%= ENV['DB_PASSWORD'] %>\n"},
    {"app.py", "url = f\"postgresql://{user}:{password}@{host}/{name}\"\n"},
    {"app.py", "url = \"postgresql://%s:%s@%s/%s\" % (u, p, h, d)\n"},
    {"app.py", "connect(host=host, user=user, password=password)\n"},
    {"app.py", "password = os.environ['DB_PASSWORD']\ntoken = get_token()\nself.password = password\n"},
    {"app.py", "pw = os.environ.get('DB_PASSWORD')\nq = os.getenv(\"DB_PASSWORD\", \"\")\n"},
    {"app.py", "cur.execute(f\"ALTER ROLE app PASSWORD '{pw}'\")\n"},
    {"app.ts", "const c = { password: process.env.DB_PASSWORD, token: string }\n"},
    {"app.ts", "if (token === 'refresh') { password !== 'abc123' }\ninterface A { password: string; }\n"},
    {"deploy.sh", "PGPASSWORD=$PW psql \"postgres://app:$PW@h/d\"\nTOKEN=$(cat token)\nread -s PASSWORD\n"},
    {"main.tf", "  password = var.db_password\n  secret = \"${var.secret}\"\n"},
    {"setup.sql", "ALTER ROLE app PASSWORD :'pw';\n\\set pw `cat pw`\n"},
    /* placeholders */
    {"docs/setup.md", "Use `postgres://user:password@host:5432/dbname`.\n"},
    {"docs/setup.md", "postgres://<user>:<password>@<host>/<db> or postgres://USER:PASS@HOST/DB\n"},
    {"docs/setup.md", "postgresql://app:****@db/shop, postgresql://app:xxx@db/shop, postgres://app:...@db/shop\n"},
    {"docs/setup.md",
     "export PGPASSWORD=changeme\nexport PGPASSWORD=<your password>\nexport PGPASSWORD=your-password\n"},
    {".env.example", "DB_PASSWORD=changeme\nAPI_KEY=your-api-key\nTOKEN=\nSECRET_KEY=replace-me-please\n"},
    {".env.sample", "DB_PASSWORD=postgres\nDATABASE_URL=postgres://postgres:postgres@localhost/app\n"},
    {".env", "DB_PASSWORD=\nDB_USER=app\nPGPASSFILE=/etc/pgpass\n"},
    {"docker-compose.yml", "  POSTGRES_PASSWORD: postgres\n  - POSTGRES_PASSWORD=${PW:-postgres}\n"},
    {"docker-compose.yml", "  POSTGRES_USER: app\n  POSTGRES_PASSWORD: app\n  POSTGRES_DB: app\n"},
    {"ci.yml", "  PGPASSWORD: \"shop\"\n  PGUSER: \"shop\"\n"},
    {"migrations/001_a.sql", "INSERT INTO kinds VALUES ('password', 'b2b-login1'), ('api_token', 'Token 2 of 3');\n"},
    {"migrations/001_a.sql",
     "password text, kind text DEFAULT 'k1nd-of-x', token text DEFAULT gen_random_uuid()::text;\n"},
    {"store/models/u.yaml",
     "  password: {type: text, default: \"''\"}\n  kind: {type: text, default: \"'abc123x'\"}\n"},
    {"migrations/001_a.sql",
     "INSERT INTO users (name, password_set_at, kind) VALUES ('a1b2c3d4', '2020-01-01', 'x9x9x9x');\n"},
    {"migrations/001_a.sql", "INSERT INTO users (password) SELECT encode(gen_random_bytes(8), 'hex9hex');\n"},
    {"migrations/001_a.sql",
     "INSERT INTO users (id, password) VALUES (1, 'password'), (2, ''), (3, '$1'), (4, :'pw');\n"},
    {"a.py", "KEY = 'AKIAIOSFODNN7EXAMPLE'\nt = 'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'\n"},
    {"docs/api.md", "Authorization: Bearer <token>\nAuthorization: Bearer YOUR_TOKEN_GOES_HERE\n"},
    /* SQL that only speaks of passwords */
    {"migrations/001_a.sql",
     "CREATE TABLE users (id bigint, password text NOT NULL, api_token varchar(64) DEFAULT '');\n"},
    {"migrations/001_a.sql", "ALTER ROLE app PASSWORD NULL;\nALTER ROLE app PASSWORD '';\n"},
    {"migrations/001_a.sql", "COMMENT ON COLUMN users.password IS 'bcrypt hash, 60 characters';\n"},
    {"migrations/001_a.sql", "-- the operator sets the password of role app by hand: it is in the vault\n"},
    {"migrations/001_a.sql", "SET password_encryption = 'scram-sha-256';\n"},
    {"migrations/001_a.sql", "EXECUTE format('ALTER ROLE %I PASSWORD %L', r, p);\n"},
    {"migrations/001_a.sql", "EXECUTE 'ALTER ROLE a PASSWORD ''' || pw || '''';\n"},
    {"migrations/001_a.sql", "ALTER TABLE u ADD CONSTRAINT c CHECK (password <> '' AND length(token) = 32);\n"},
    {"migrations/001_a.sql", "UPDATE users SET password = NULL, token = '' WHERE kind = 'password';\n"},
    {"migrations/001_a.sql", "INSERT INTO kinds (name) VALUES ('password'), ('token'), ('secret');\n"},
    {"migrations/001_a.sql", "SELECT md5('abc'), encode(digest('x', 'md5'), 'hex'), token::text FROM t;\n"},
    {"migrations/001_a.sql", "CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'b', password_required 'false');\n"},
    {"migrations/001_a.sql", "-- pgdeck: allow secrets because the role exists on this laptop alone\n"
                             "CREATE ROLE a PASSWORD 'laptop1';\n"},
    /* models, documents, other files */
    {"store/models/user.yaml",
     "columns:\n  password: {type: text, nullable: false}\n  token: {type: uuid, nullable: true}\n"},
    {"openapi.yaml", "password:\n  type: string\n  format: password\ntoken: bearer\nsecret: true\n"},
    {"anchor.yaml", "password: *shared\nsecret: !vault |\n  3132\ntoken: >\n  x\n"},
    {"i18n.json", "{\"password\": \"Password\", \"new_password\": \"Enter a new password\", \"token\": \"Token\"}"},
    {"docs/security.md", "The password: ask the operator. A token is short-lived; the secret is in the vault.\n"},
    {"docs/security.md", "PGPASSWORD, .pgpass and password= are read by libpq. Set `password=` never.\n"},
    {"docs/security.md", "Look for `-----BEGIN PRIVATE KEY-----` in the files.\nhttp://host:8080/a@b\n"},
    {"docs/security.md", "A verifier is SCRAM-SHA-256$<iterations>:<salt>$<stored>:<server>, or md5 and 32 digits.\n"},
    {"cert.pem", "-----BEGIN CERTIFICATE-----\n" KEY_LINE "-----END CERTIFICATE-----\n"},
    {"key.pub", "-----BEGIN PUBLIC KEY-----\n" KEY_LINE "-----END PUBLIC KEY-----\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5\n"},
    {"package-lock.json", "{\"integrity\": \"sha512-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4J==\"}"},
    {"app.py", "max_tokens = '4096abcd'\npassword_field = 'input1'\ntask-sk-learn-a1\ncompass = 'n0rth'\n"},
    {"app.go", "type User struct {\n\tPassword string `json:\"password\"`\n\tToken *string\n}\n"},
    {"app.py",
     "assert r.json()['token'] == expected\nraise Error('password is wrong')\nlog('invalid password \\'%s\\'')\n"},
    {".pgpass", "# host:port:db:user:password\ndb:5432:shop:app:\n"},
    {"a.py", "password = 'l0calpw'  # pgdeck: allow secrets because a fixture needs one\n"},
    {"fixture.yaml", "# pgdeck: allow secrets because the data are made up\npassword: l0calpw\n"},
    {"a.ini", "token_type = access\nsecret_name = app-secrets\npassword_min_length = 12\n"},
    {"README.md", "git clone git@github.com:org/repo.git; mailto:a@b.example; ssh://git@host:22/x\n"},
};

static void test_secrets_decoys_are_passed_over(void **state)
{
    assert_true(countof(decoys) >= 40);
    for (size_t i = 0; i < countof(decoys); i++) {
        struct secrets_findings found;
        secrets_scan(*state, decoys[i].path, decoys[i].text, strlen(decoys[i].text), &found);
        if (found.count)
            fail_msg("%s: %sline %d: %s", decoys[i].path, decoys[i].text, found.items[0].line, found.items[0].message);
    }
}

/* An allowance needs its reason, a comment of its own speaks only from the head, and only of secrets. */
static const char *const vain_allowances[] = {
    "password = 'l0calpw'  # pgdeck: allow secrets\n",
    "password = 'l0calpw'  # pgdeck: allow secrets because\n",
    "password = 'l0calpw'  # pgdeck: allow secret because I say so\n",
    "password = 'l0calpw'\n# pgdeck: allow rewrite because small\n",
    "x = 1 # pgdeck: allow secrets because of x\npassword = 'l0calpw'\n",
    "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n20\n21\npassword = 'l0calpw'\n"
    "# pgdeck: allow secrets because it is late\n",
};

static void test_secrets_allowance_needs_its_reason_and_place(void **state)
{
    for (size_t i = 0; i < countof(vain_allowances); i++) {
        struct secrets_findings found;
        secrets_scan(*state, "a.py", vain_allowances[i], strlen(vain_allowances[i]), &found);
        if (found.count != 1)
            fail_msg("%s: %zu found", vain_allowances[i], found.count);
    }
}

/* Beginnings of everything, cut at each byte, in each notation; and bytes that are no text. */
static void test_secrets_of_cut_texts_are_read_safely(void **state)
{
    static const char *const paths[] = {"a.sql", "a.py",       ".env",    "a.yaml", "a.json", "a.md",
                                        "a.sh",  "Dockerfile", ".pgpass", ".netrc", "a.ini",  "a.bin"};
    for (size_t i = 0; i < countof(planted); i++)
        for (size_t size = 0; size <= strlen(planted[i].text); size++) {
            TALLOC_CTX *memory = talloc_new(*state);
            char *cut = talloc_strndup(memory, planted[i].text, size); /* so that a sanitiser sees what is behind */
            struct secrets_findings found;
            secrets_scan(memory, paths[(i + size) % countof(paths)], cut, size, &found);
            secrets_scan(memory, planted[i].path, cut, size, &found);
            talloc_free(memory);
        }
    char bytes[512];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 37 % 256);
    struct secrets_findings found;
    for (size_t i = 0; i < countof(paths); i++)
        secrets_scan(*state, paths[i], bytes, sizeof bytes, &found);
}

/* Half megabytes made to be slow: what is never closed, over and over, on one line. */
static void test_secrets_of_hostile_texts_are_read_in_time(void **state)
{
    static const char *const parts[] = {"password=",
                                        "PASSWORD $a$",
                                        "://a:b",
                                        "-----BEGIN PRIVATE KEY-----",
                                        "eyJaaaaaaaaaaa.",
                                        "password='",
                                        "sk-",
                                        "password: {{",
                                        "user password ''",
                                        "\"token\": \"a",
                                        "password 'x' ",
                                        "{name: password, ",
                                        "${PASSWORD:-",
                                        "pgdeck: allow ",
                                        "password default '",
                                        "INSERT INTO t (password) VALUES ('"};
    for (size_t i = 0; i < countof(parts); i++) {
        size_t length = strlen(parts[i]), size = 512 * 1024 / length * length;
        char *text = talloc_size(*state, size + 1);
        for (size_t at = 0; at < size; at += length)
            memcpy(text + at, parts[i], length);
        text[size] = '\0';
        struct secrets_findings found;
        clock_t start = clock(); /* of the processor: the machine may be busy */
        secrets_scan(*state, i % 2 ? "a.yaml" : "a.sql", text, size, &found);
        if (clock() - start > 10 * CLOCKS_PER_SEC)
            fail_msg("%s: %lld s", parts[i], (long long)((clock() - start) / CLOCKS_PER_SEC));
        talloc_free(text);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_secrets_planted_are_found),
        TEST(test_secrets_decoys_are_passed_over),
        TEST(test_secrets_allowance_needs_its_reason_and_place),
        TEST(test_secrets_of_cut_texts_are_read_safely),
        TEST(test_secrets_of_hostile_texts_are_read_in_time),
    };
    return cmocka_run_group_tests_name("secrets", tests, NULL, NULL);
}
