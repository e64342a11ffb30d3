-- add column: plain
-- = users AX
-- ! none
ALTER TABLE users ADD COLUMN x text;

-- add column: constant default, not null
-- = users AX
-- ! none
ALTER TABLE users ADD COLUMN x integer NOT NULL DEFAULT 7;

-- add column: constant of an enum
-- = users AX
-- ! none
ALTER TABLE users ADD COLUMN x mood DEFAULT 'ok';

-- add column: not null without a default
-- = users AX; scans users
-- ! fails-on-rows:users.x, full-scan:users
ALTER TABLE users ADD COLUMN x integer NOT NULL;

-- add column: now() is stable
-- = users AX
-- ! none
ALTER TABLE users ADD COLUMN x timestamptz NOT NULL DEFAULT now();

-- add column: current_date
-- = users AX
-- ! none
ALTER TABLE users ADD COLUMN x date DEFAULT current_date;

-- add column: clock_timestamp()
-- = users AX; rewrites users; scans users
-- ! rewrite:users
ALTER TABLE users ADD COLUMN x timestamptz DEFAULT clock_timestamp();

-- add column: gen_random_uuid()
-- = users AX; rewrites users; scans users
-- ! rewrite:users
ALTER TABLE users ADD COLUMN x uuid DEFAULT gen_random_uuid();

-- add column: random()
-- = users AX; rewrites users; scans users
-- ! rewrite:users
ALTER TABLE users ADD COLUMN x float8 DEFAULT random();

-- add column: serial
-- = users AX; rewrites users; scans users
-- ! rewrite:users
ALTER TABLE users ADD COLUMN x serial;

-- add column: bigserial
-- = users AX; rewrites users; scans users
-- ! rewrite:users
ALTER TABLE users ADD COLUMN x bigserial;

-- add column: nextval of a sequence that is there
-- = users AX; rewrites users; scans users
-- ! rewrite:users
ALTER TABLE users ADD COLUMN x integer DEFAULT nextval('numbers');

-- add column: identity
-- = users AX; rewrites users; scans users
-- ! rewrite:users
ALTER TABLE users ADD COLUMN x bigint GENERATED ALWAYS AS IDENTITY;

-- add column: generated, stored
-- = users AX; rewrites users; scans users
-- ! rewrite:users
ALTER TABLE users ADD COLUMN x integer GENERATED ALWAYS AS (n * 2) STORED;

-- add column: domain with a check
-- = users AX; rewrites users; scans users
-- ! rewrite:users
ALTER TABLE users ADD COLUMN x positive;

-- add column: domain without one
-- = users AX
-- ! none
ALTER TABLE users ADD COLUMN x plain_text;

-- add column: with a check
-- = users AX; scans users
-- ! check-scan:users.users_x_check
ALTER TABLE users ADD COLUMN x integer CHECK (x > 0);

-- add column: with a check and a constant default
-- = users AX; scans users
-- ! check-scan:users.users_x_check
ALTER TABLE users ADD COLUMN x integer DEFAULT 1 CHECK (x > 0);

-- add column: volatile SQL function that is inlined
-- = users AX
-- ! none
ALTER TABLE users ADD COLUMN x integer DEFAULT volf();

-- add column: volatile PL/pgSQL function
-- = users AX; rewrites users; scans users
-- ! rewrite:users
ALTER TABLE users ADD COLUMN x integer DEFAULT volp();

-- add column: references
-- = orders AX, users SRX
-- ! key-without-index:orders.orders_x_fkey
ALTER TABLE orders ADD COLUMN x bigint REFERENCES users;

-- add column: unique
-- = orders AX; scans orders
-- ! unique-build:orders.orders_x_key
ALTER TABLE orders ADD COLUMN x integer UNIQUE;

-- add column: to a partitioned table
-- = ev AX, ev_1 AX!, ev_def AX!
-- ! none
ALTER TABLE ev ADD COLUMN x integer;

-- add column: to a parent with a child
-- = child AX!, parent AX
-- ! unnamed-lock:child
ALTER TABLE parent ADD COLUMN x integer;

-- add column: if not exists, and it is there
-- = users AX
-- ! passed-over:users
ALTER TABLE users ADD COLUMN IF NOT EXISTS mail text;

-- two changes of one statement
-- = users AX; rewrites users; scans users
-- ! rewrite:users, type-changed:users.n
ALTER TABLE users ADD COLUMN x text, ALTER COLUMN n TYPE bigint;

-- type: varchar longer
-- = users AX
-- ! type-changed:users.name
ALTER TABLE users ALTER COLUMN name TYPE varchar(100);

-- type: varchar to text
-- = users AX
-- ! type-changed:users.name
ALTER TABLE users ALTER COLUMN name TYPE text;

-- type: text to varchar
-- = users AX
-- ! type-changed:users.mail
ALTER TABLE users ALTER COLUMN mail TYPE varchar;

-- type: text to varchar(60)
-- = users AX; rewrites users; scans users
-- ! rewrite:users, type-changed:users.mail
ALTER TABLE users ALTER COLUMN mail TYPE varchar(60);

-- type: varchar shorter
-- = users AX; rewrites users; scans users
-- ! rewrite:users, type-changed:users.name
ALTER TABLE users ALTER COLUMN name TYPE varchar(20);

-- type: numeric of more digits
-- = users AX
-- ! type-changed:users.balance
ALTER TABLE users ALTER COLUMN balance TYPE numeric(12,2);

-- type: numeric without bounds
-- = users AX
-- ! type-changed:users.balance
ALTER TABLE users ALTER COLUMN balance TYPE numeric;

-- type: numeric of another scale
-- = users AX; rewrites users; scans users
-- ! rewrite:users, type-changed:users.balance
ALTER TABLE users ALTER COLUMN balance TYPE numeric(10,3);

-- type: cidr to inet
-- = users AX
-- ! type-changed:users.net
ALTER TABLE users ALTER COLUMN net TYPE inet;

-- type: domain to its base
-- = users AX
-- ! type-changed:users.ptext
ALTER TABLE users ALTER COLUMN ptext TYPE text;

-- type: checked domain to its base
-- = users AX
-- ! type-changed:users.dom
ALTER TABLE users ALTER COLUMN dom TYPE integer;

-- type: base to a checked domain
-- = users AX; rewrites users; scans users
-- ! rewrite:users, type-changed:users.n
ALTER TABLE users ALTER COLUMN n TYPE positive;

-- type: char longer
-- = users AX; rewrites users; scans users
-- ! rewrite:users, type-changed:users.code
ALTER TABLE users ALTER COLUMN code TYPE char(8);

-- type: json to jsonb
-- = users AX; rewrites users; scans users
-- ! rewrite:users, type-changed:users.doc
ALTER TABLE users ALTER COLUMN doc TYPE jsonb;

-- type: array of wider elements
-- = users AX; rewrites users; scans users
-- ! rewrite:users, type-changed:users.nums
ALTER TABLE users ALTER COLUMN nums TYPE bigint[];

-- type: enum to text
-- = users AX; rewrites users; scans users
-- ! rewrite:users, type-changed:users.m
ALTER TABLE users ALTER COLUMN m TYPE text;

-- type: integer to bigint
-- = users AX; rewrites users; scans users
-- ! rewrite:users, type-changed:users.n
ALTER TABLE users ALTER COLUMN n TYPE bigint;

-- type: smallint to integer
-- = users AX; rewrites users; scans users
-- ! rewrite:users, type-changed:users.small
ALTER TABLE users ALTER COLUMN small TYPE integer;

-- type: of a referenced key
-- = lines AX!, orders AX; rewrites orders; scans lines orders
-- ! full-scan:lines, rewrite:orders, type-changed:orders.id, unnamed-lock:lines
ALTER TABLE orders ALTER COLUMN id TYPE bigint;

-- type: USING that changes nothing
-- = users AX; rewrites users; scans users
-- ! rewrite:users
ALTER TABLE users ALTER COLUMN mail TYPE text USING lower(mail);

-- type: timestamp to timestamptz in UTC
-- = users AX
-- ! type-changed:users.at
ALTER TABLE users ALTER COLUMN at TYPE timestamptz;

-- type: timestamp to timestamptz in Berlin
-- first: SET TimeZone = 'Europe/Berlin'
-- = users AX; rewrites users; scans users
-- ! rewrite:users, type-changed:users.at
ALTER TABLE users ALTER COLUMN at TYPE timestamptz;

-- not null: nothing says it
-- = users AX; scans users
-- ! not-null-scan:users.n
ALTER TABLE users ALTER COLUMN n SET NOT NULL;

-- not null: a check that is not valid
-- = users AX; scans users
-- ! not-null-scan:users.flag
ALTER TABLE users ALTER COLUMN flag SET NOT NULL;

-- not null: a check that is valid
-- = users AX
-- ! none
ALTER TABLE users ALTER COLUMN small SET NOT NULL;

-- not null: it is already
-- = users AX
-- ! none
ALTER TABLE users ALTER COLUMN gone SET NOT NULL;

-- not null: dropped
-- = users AX
-- ! protection-dropped:users.gone
ALTER TABLE users ALTER COLUMN gone DROP NOT NULL;

-- default: set
-- = users AX
-- ! none
ALTER TABLE users ALTER COLUMN n SET DEFAULT 5;

-- default: dropped
-- = users AX; drops default users.gone
-- ! protection-dropped:users.gone
ALTER TABLE users ALTER COLUMN gone DROP DEFAULT;

-- check: added
-- = users AX; scans users
-- ! check-scan:users.x
ALTER TABLE users ADD CONSTRAINT x CHECK (n > 0);

-- check: added, not valid
-- = users AX
-- ! none
ALTER TABLE users ADD CONSTRAINT x CHECK (n > 0) NOT VALID;

-- check: added, not valid, to a partitioned table
-- = ev AX, ev_1 AX!, ev_def AX!
-- ! none
ALTER TABLE ev ADD CONSTRAINT x CHECK (id > 0) NOT VALID;

-- check: validated
-- = lines SUE; scans lines
-- ! none
ALTER TABLE lines VALIDATE CONSTRAINT n_small;

-- foreign key: added
-- = lines SRX, orders SRX; scans lines
-- ! foreign-key-scan:lines.x, key-without-index:lines.x
ALTER TABLE lines ADD CONSTRAINT x FOREIGN KEY (product_id) REFERENCES orders;

-- foreign key: added, not valid
-- = lines SRX, orders SRX
-- ! key-without-index:lines.x
ALTER TABLE lines ADD CONSTRAINT x FOREIGN KEY (product_id) REFERENCES orders NOT VALID;

-- foreign key: validated
-- = lines SUE, orders RS!; scans lines
-- ! none
ALTER TABLE lines VALIDATE CONSTRAINT lines_old;

-- foreign key: dropped
-- = orders AX, users AX!; drops foreign key orders.orders_user
-- ! protection-dropped:orders.orders_user, unnamed-lock:users
ALTER TABLE orders DROP CONSTRAINT orders_user;

-- unique: added
-- = users AX; scans users
-- ! unique-build:users.x
ALTER TABLE users ADD CONSTRAINT x UNIQUE (n);

-- unique: of an index that is there
-- = orders AX
-- ! none
ALTER TABLE orders ADD CONSTRAINT x UNIQUE USING INDEX orders_code;

-- primary key: added
-- = lines AX; scans lines
-- ! unique-build:lines.lines_pkey
ALTER TABLE lines ADD PRIMARY KEY (id);

-- primary key: of an index on a column that is not null
-- = lines AX
-- ! none
ALTER TABLE lines ADD PRIMARY KEY USING INDEX lines_n;

-- exclusion: added
-- = orders AX; scans orders
-- ! exclusion-build:orders.x
ALTER TABLE orders ADD CONSTRAINT x EXCLUDE USING gist (span WITH &&);

-- index: created
-- = orders S; scans orders
-- ! index-build:orders
CREATE INDEX x ON orders (total);

-- index: unique
-- = orders S; scans orders
-- ! index-build:orders
CREATE UNIQUE INDEX x ON orders (total);

-- index: partial
-- = orders S; scans orders
-- ! index-build:orders
CREATE INDEX x ON orders (total) WHERE total > 0;

-- index: on a partitioned table
-- = ev S, ev_1 S!, ev_def S!; scans ev_1 ev_def
-- ! index-build:ev_1, index-build:ev_def
CREATE INDEX x ON ev (id);

-- index: on ONLY the partitioned table
-- = ev S
-- ! none
CREATE INDEX x ON ONLY ev (id);

-- index: if not exists, and it is there
-- = users S
-- ! passed-over:users
CREATE INDEX IF NOT EXISTS users_mail ON users (mail);

-- index: dropped
-- = users AX!; drops index users_mail
-- ! drop-index:users_mail
DROP INDEX users_mail;

-- index: dropped, if exists, and it is not
-- = no lock
-- ! none
DROP INDEX IF EXISTS nothing_here;

-- index: REINDEX TABLE
-- = users S; scans users
-- ! reindex:users
REINDEX TABLE users;

-- index: REINDEX INDEX
-- = users S!; scans users
-- ! reindex:users
REINDEX INDEX users_mail;

-- index: renamed
-- = no lock
-- ! none
ALTER INDEX users_mail RENAME TO x;

-- index: options
-- = no lock
-- ! none
ALTER INDEX users_mail SET (fillfactor = 80);

-- rename: table
-- = users AX
-- ! renamed:users
ALTER TABLE users RENAME TO people;

-- rename: column
-- = users AX
-- ! renamed:users.name
ALTER TABLE users RENAME COLUMN name TO title;

-- rename: constraint
-- = orders AX
-- ! none
ALTER TABLE orders RENAME CONSTRAINT orders_user TO x;

-- rename: view
-- = user_names AX
-- ! renamed:user_names
ALTER VIEW user_names RENAME TO x;

-- rename: to another schema
-- = lines AX
-- ! renamed:lines
ALTER TABLE lines SET SCHEMA other;

-- rename: type
-- = no lock
-- ! renamed:mood
ALTER TYPE mood RENAME TO temper;

-- rename: enum label
-- = no lock
-- ! renamed:mood.ok
ALTER TYPE mood RENAME VALUE 'ok' TO 'fine';

-- rename: schema
-- = no lock
-- ! renamed:other
ALTER SCHEMA other RENAME TO x;

-- enum: label added
-- = no lock
-- ! none
ALTER TYPE mood ADD VALUE 'great';

-- enum: label added before another
-- = no lock
-- ! none
ALTER TYPE mood ADD VALUE 'meh' BEFORE 'ok';

-- enum: created
-- = no lock
-- ! none
CREATE TYPE x AS ENUM ('a');

-- domain: check added
-- = users S!; scans users
-- ! domain-scan:users, unnamed-lock:users
ALTER DOMAIN positive ADD CONSTRAINT x CHECK (VALUE < 100);

-- domain: check added, not valid
-- = no lock
-- ! none
ALTER DOMAIN positive ADD CONSTRAINT x CHECK (VALUE < 100) NOT VALID;

-- domain: not null
-- = users S!; scans users
-- ! domain-scan:users, unnamed-lock:users
ALTER DOMAIN positive SET NOT NULL;

-- drop: table
-- = lines AX, orders AX!; drops table lines
-- ! data-loss:lines, unnamed-lock:orders
DROP TABLE lines;

-- drop: table that others refer to, cascade
-- = lines AX!, orders AX, users AX!; drops foreign key lines.lines_old!, foreign key lines.lines_order_id_fkey!, table orders
-- ! cascade:lines.lines_old, cascade:lines.lines_order_id_fkey, data-loss:orders, unnamed-lock:lines, unnamed-lock:users
DROP TABLE orders CASCADE;

-- drop: several tables
-- = part AX, part_checked AX; drops table part, table part_checked
-- ! data-loss:part, data-loss:part_checked
DROP TABLE part, part_checked;

-- drop: if exists, and it is not
-- = no lock
-- ! none
DROP TABLE IF EXISTS nothing_here;

-- drop: column
-- = users AX; drops column users.n
-- ! data-loss:users.n
ALTER TABLE users DROP COLUMN n;

-- drop: column with an index
-- = users AX; drops column users.mail, index users_mail!, statistics users_stat!
-- ! data-loss:users.mail, index-falls:users_mail, index-falls:users_stat
ALTER TABLE users DROP COLUMN mail;

-- drop: column with a foreign key
-- = orders AX, users AX!; drops column orders.user_id, foreign key orders.orders_user!, index orders_user_id!
-- ! data-loss:orders.user_id, index-falls:orders.orders_user, index-falls:orders_user_id, unnamed-lock:users
ALTER TABLE orders DROP COLUMN user_id;

-- drop: column of a view, cascade
-- = user_names AX!, users AX; drops column users.gone, view user_names!
-- ! cascade:user_names, data-loss:users.gone
ALTER TABLE users DROP COLUMN gone CASCADE;

-- drop: view
-- = user_names AX; drops view user_names
-- ! object-dropped:user_names
DROP VIEW user_names;

-- drop: materialized view
-- = totals AX; drops materialized view totals
-- ! object-dropped:totals
DROP MATERIALIZED VIEW totals;

-- drop: type, cascade
-- = users AX!; drops column users.m!, enum mood
-- ! data-loss:users.m, object-dropped:mood, unnamed-lock:users
DROP TYPE mood CASCADE;

-- drop: function of a trigger, cascade
-- = orders AX!; drops function touch(), trigger orders.orders_touch!
-- ! cascade:orders.orders_touch, object-dropped:touch(), unnamed-lock:orders
DROP FUNCTION touch() CASCADE;

-- drop: schema, cascade
-- = no lock; drops schema other
-- ! object-dropped:other
DROP SCHEMA other CASCADE;

-- drop: sequence
-- = numbers AX; drops sequence numbers
-- ! object-dropped:numbers
DROP SEQUENCE numbers;

-- drop: partition
-- = ev AX!, ev_1 AX, ev_def AX!; drops table ev_1
-- ! data-loss:ev_1, unnamed-lock:ev, unnamed-lock:ev_def
DROP TABLE ev_1;

-- drop: statistics
-- = users SUE!; drops statistics users_stat
-- ! none
DROP STATISTICS users_stat;

-- drop: policy
-- = orders AX; drops policy orders.mine
-- ! rights:orders.mine
DROP POLICY mine ON orders;

-- drop: rule
-- = serials AX; drops rule serials.quiet
-- ! none
DROP RULE quiet ON serials;

-- truncate: one
-- = lines AX; empties lines
-- ! data-loss:lines
TRUNCATE lines;

-- truncate: cascade
-- = lines AX!, orders AX!, users AX; empties lines orders users
-- ! data-loss:lines, data-loss:orders, data-loss:users, unnamed-lock:lines, unnamed-lock:orders
TRUNCATE users CASCADE;

-- truncate: partition
-- = ev_1 AX; empties ev_1
-- ! data-loss:ev_1
TRUNCATE ev_1;

-- trigger: created
-- = users SRX
-- ! none
CREATE TRIGGER x BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION touch();

-- trigger: dropped
-- = orders AX; drops trigger orders.orders_touch
-- ! protection-dropped:orders.orders_touch
DROP TRIGGER orders_touch ON orders;

-- trigger: disabled
-- = orders SRX
-- ! protection-dropped:orders.orders_touch
ALTER TABLE orders DISABLE TRIGGER orders_touch;

-- table: fillfactor
-- = users SUE
-- ! none
ALTER TABLE users SET (fillfactor = 80);

-- table: statistics target
-- = users SUE
-- ! none
ALTER TABLE users ALTER COLUMN name SET STATISTICS 500;

-- table: storage
-- = users AX
-- ! none
ALTER TABLE users ALTER COLUMN mail SET STORAGE EXTERNAL;

-- table: replica identity
-- = users AX
-- ! none
ALTER TABLE users REPLICA IDENTITY FULL;

-- table: comment
-- = users SUE
-- ! none
COMMENT ON TABLE users IS 'people';

-- table: extended statistics
-- = users SUE
-- ! none
CREATE STATISTICS x ON n, code FROM users;

-- table: row security
-- = users AX
-- ! rights:users
ALTER TABLE users ENABLE ROW LEVEL SECURITY;

-- table: policy
-- = users AX
-- ! rights:users.x
CREATE POLICY x ON users USING (true);

-- table: rule
-- = users AX
-- ! none
CREATE RULE x AS ON DELETE TO users DO INSTEAD NOTHING;

-- table: owner
-- = lines AX
-- ! rights:lines
ALTER TABLE lines OWNER TO trace_reader;

-- table: cluster on
-- = users SUE
-- ! none
ALTER TABLE users CLUSTER ON users_pkey;

-- table: unlogged
-- = lines AX; rewrites lines; scans lines
-- ! rewrite:lines, unlogged:lines
ALTER TABLE lines SET UNLOGGED;

-- table: logged
-- = quick AX; rewrites quick; scans quick
-- ! rewrite:quick
ALTER TABLE quick SET LOGGED;

-- table: inherit
-- = child AX, parent AS
-- ! none
ALTER TABLE child NO INHERIT parent;

-- table: created beside others
-- = no lock
-- ! none
CREATE TABLE x (id integer PRIMARY KEY, t text);

-- table: created with a reference
-- = orders SRX
-- ! key-without-index:x, no-primary-key:x
CREATE TABLE x (id integer, order_id integer REFERENCES orders);

-- table: created as a query
-- = orders AS; scans orders
-- ! no-primary-key:x
CREATE TABLE x AS SELECT * FROM orders;

-- table: created like another
-- = orders AS
-- ! none
CREATE TABLE x (LIKE orders INCLUDING ALL);

-- table: created as a child
-- = parent SUE
-- ! none
CREATE TABLE x () INHERITS (parent);

-- partition: attached
-- = ev SUE, ev_def AX!, part AX; scans ev_def part
-- ! partition-scan:ev_def, partition-scan:part
ALTER TABLE ev ATTACH PARTITION part FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');

-- partition: attached, with a check
-- = ev SUE, ev_def AX!, part_checked AX; scans ev_def
-- ! partition-scan:ev_def
ALTER TABLE ev ATTACH PARTITION part_checked FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');

-- partition: attached, no default partition
-- = log SUE, part AX; scans part
-- ! partition-scan:part
ALTER TABLE log ATTACH PARTITION part FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');

-- partition: created
-- = ev AX, ev_def AX!; scans ev_def
-- ! partition-scan:ev_def
CREATE TABLE x PARTITION OF ev FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');

-- partition: created, no default partition
-- = log AX
-- ! none
CREATE TABLE x PARTITION OF log FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');

-- partition: detached
-- = ev AX, ev_1 AX, ev_def AX!
-- ! detach:ev
ALTER TABLE ev DETACH PARTITION ev_1;

-- view: replaced
-- = user_names AX, users AS
-- ! none
CREATE OR REPLACE VIEW user_names AS SELECT id, gone, mail FROM users;

-- view: materialized
-- = users AS; scans users
-- ! none
CREATE MATERIALIZED VIEW x AS SELECT * FROM users;

-- view: refreshed
-- = child AS!, totals AX; rewrites totals; scans child totals
-- ! refresh:totals
REFRESH MATERIALIZED VIEW totals;

-- view: refreshed concurrently
-- = child AS!, totals X; scans child totals
-- ! none
REFRESH MATERIALIZED VIEW CONCURRENTLY totals;

-- rows: all updated
-- = orders RX; scans orders
-- ! all-rows:orders
UPDATE orders SET total = 1;

-- rows: deleted
-- = lines RX; scans lines
-- ! delete-all:lines
DELETE FROM lines;

-- rows: inserted
-- = parent RX
-- ! none
INSERT INTO parent VALUES (1, 'a');

-- rows: inserted with a reference
-- = lines RX, orders AS; scans orders
-- ! many-rows:lines
INSERT INTO lines (id, order_id, n) SELECT 1, id, 1 FROM orders;

-- rows: merged from another
-- = orders AS, parent RX; scans orders
-- ! many-rows:parent
INSERT INTO parent SELECT id, code FROM orders;

-- rows: locked
-- = users S
-- ! none
LOCK TABLE users IN SHARE MODE;

-- rows: read for update
-- = users RS; scans users
-- ! none
SELECT * FROM users FOR UPDATE;

-- rights: granted on a table
-- = no lock
-- ! rights:users
GRANT SELECT ON users TO trace_reader;

-- rights: granted on a schema
-- = no lock
-- ! rights:other
GRANT USAGE ON SCHEMA other TO trace_reader;

-- rights: default privileges
-- = no lock
-- ! rights:for OWNER
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO trace_reader;

-- function: created
-- = no lock
-- ! none
CREATE FUNCTION x() RETURNS integer LANGUAGE sql AS 'SELECT 1';

-- function: replaced
-- = no lock
-- ! none
CREATE OR REPLACE FUNCTION volf() RETURNS integer LANGUAGE sql AS 'SELECT 2';

-- function: security definer
-- = no lock
-- ! rights:volf()
ALTER FUNCTION volf() SECURITY DEFINER;

-- sequence: created
-- = no lock
-- ! none
CREATE SEQUENCE x;

-- sequence: restarted
-- = numbers SRX
-- ! none
ALTER SEQUENCE numbers RESTART;

-- index: concurrently in a transaction's copy of a name
-- = no lock
-- ! none
SELECT 'CREATE INDEX CONCURRENTLY';

-- hidden in DO
-- = lines AX!, orders AX; rewrites orders; scans lines orders
-- ! full-scan:lines, rewrite:orders, type-changed:orders.id, unnamed-lock:lines
DO $$ BEGIN EXECUTE 'ALTER TABLE orders ALTER id TYPE bigint'; END $$;

-- hidden in DO: a branch that is not taken
-- = no lock
-- ! none
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_class WHERE relname = 'users') THEN DROP TABLE users; END IF; END $$;

-- hidden in a function
-- = no lock
-- ! none
SELECT volp();

-- settings: set
-- = no lock
-- ! none
SET search_path = public, other;

-- settings: SET LOCAL
-- = no lock
-- ! none
SET LOCAL lock_timeout = '1s';

-- nothing: SELECT
-- = no lock
-- ! none
SELECT 1;

-- rights: revoked where nothing was granted
-- = no lock
-- ! none
REVOKE ALL ON users FROM public;

-- rights: revoked from all where nothing was granted
-- = no lock
-- ! none
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM public;

-- rights: granted to whom they belong
-- = no lock
-- ! none
GRANT ALL ON users TO session_user;

-- rights: a function's from everybody
-- = no lock
-- ! rights:volf()
REVOKE ALL ON FUNCTION volf() FROM public;

-- rights: owner that it has
-- = lines AX
-- ! none
ALTER TABLE lines OWNER TO session_user;

-- several: not null of one column, another comes plain
-- = users AX; scans users
-- ! not-null-scan:users.n
ALTER TABLE users ADD COLUMN x text, ALTER COLUMN n SET NOT NULL, ADD CONSTRAINT c CHECK (n > 0) NOT VALID;

-- several: not null with a default, and one without
-- = users AX; scans users
-- ! fails-on-rows:users.y, full-scan:users
ALTER TABLE users ADD COLUMN x text NOT NULL DEFAULT '', ADD COLUMN y text NOT NULL;

-- several: types, one of which rewrites
-- = users AX; rewrites users; scans users
-- ! rewrite:users, type-changed:users.name, type-changed:users.small
ALTER TABLE users ALTER COLUMN name TYPE text, ALTER COLUMN small TYPE integer;

-- several: statistics and options
-- = users SUE
-- ! none
ALTER TABLE users ALTER COLUMN mail SET STATISTICS 10, SET (fillfactor = 80);

-- several: validated and dropped
-- = lines AX; scans lines
-- ! full-scan:lines, protection-dropped:lines.n
ALTER TABLE lines VALIDATE CONSTRAINT n_small, ALTER COLUMN n DROP NOT NULL;

-- primary key: of an index on a column that may be null
-- = quick AX; scans quick
-- ! not-null-scan:quick.id
ALTER TABLE quick ADD PRIMARY KEY USING INDEX quick_id;

-- view: refreshed, without data
-- = totals AX; rewrites totals; scans totals
-- ! not-readable:totals
REFRESH MATERIALIZED VIEW totals WITH NO DATA;

-- view: a column renamed
-- = user_names AX
-- ! renamed:user_names.gone
ALTER VIEW user_names RENAME COLUMN gone TO x;

-- drop: sequence of a column, cascade
-- = serials AX!, serials_id_seq AX; drops default serials.id!, sequence serials_id_seq
-- ! cascade:serials.id, object-dropped:serials_id_seq, unnamed-lock:serials
DROP SEQUENCE serials_id_seq CASCADE;

-- drop: function
-- = no lock; drops function volp()
-- ! object-dropped:volp()
DROP FUNCTION volp();

-- drop: domain, cascade
-- = users AX!; drops column users.ptext!, domain plain_text
-- ! data-loss:users.ptext, object-dropped:plain_text, unnamed-lock:users
DROP DOMAIN plain_text CASCADE;

-- index: the same as another
-- = users S; scans users
-- ! index-build:users, same-index:x
CREATE INDEX x ON users (mail);

-- rows: all updated, as WHERE says
-- = orders RX; scans orders
-- ! all-rows:orders
UPDATE orders SET total = 1 WHERE true;

-- rows: all deleted, as WHERE says
-- = lines RX; scans lines
-- ! delete-all:lines
DELETE FROM lines WHERE 1 = 1;

-- rows: deleted by a key
-- = users RX
-- ! none
DELETE FROM users WHERE id = 7;

-- rows: updated by a range of a key
-- = users RX
-- ! none
UPDATE users SET mail = lower(mail) WHERE id BETWEEN 1 AND 1000;

-- rows: updated where a column is empty
-- = users RX
-- ! many-rows:users
UPDATE users SET mail = 'none' WHERE mail IS NULL AND n = 0;

-- rows: updated by an index that is not unique
-- = orders RX
-- ! many-rows:orders
UPDATE orders SET total = 0 WHERE user_id = 5;

-- rows: deleted by a list
-- = child RX!, orders AS, parent RX; scans child parent
-- ! many-rows:parent
DELETE FROM parent WHERE id IN (SELECT id FROM orders WHERE total = 0);

-- hidden in DO: it reads rows
-- = orders AS; scans orders
-- ! rows-decide:orders
DO $$ BEGIN IF (SELECT count(*) FROM orders) > 1000 THEN DROP TABLE lines; END IF; END $$;

-- hidden in DO: it looks at the catalog
-- = users AX
-- ! none
DO $$ BEGIN IF NOT EXISTS (SELECT FROM information_schema.columns WHERE column_name = 'x') THEN
    ALTER TABLE users ADD COLUMN x text; END IF; END $$;

-- table: all triggers switched off
-- = orders SRX
-- ! protection-dropped:orders.orders_touch
ALTER TABLE orders DISABLE TRIGGER USER;

-- table: identity dropped
-- = numbered AX, numbered_id_seq AX!; drops identity numbered.id, sequence numbered_id_seq!
-- ! protection-dropped:numbered.id
ALTER TABLE numbered ALTER COLUMN id DROP IDENTITY;

-- table: no longer generated
-- = numbered AX; drops generation expression numbered.twice
-- ! protection-dropped:numbered.twice
ALTER TABLE numbered ALTER COLUMN twice DROP EXPRESSION;

-- index: of a partitioned table dropped
-- = seen AX!, seen_1 AX!; drops index seen_1_at_idx!, index seen_at
-- ! drop-index:seen_at
DROP INDEX seen_at;

-- partition: attached with a check, and without the index that the parent has
-- = part_checked AX, seen SUE; scans part_checked
-- ! partition-scan:part_checked
ALTER TABLE seen ATTACH PARTITION part_checked FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');

-- partition: a column renamed
-- = ev AX, ev_1 AX!, ev_def AX!
-- ! renamed:ev.id, renamed:ev_1.id, renamed:ev_def.id
ALTER TABLE ev RENAME COLUMN id TO x;

-- settings: a search path that shows other names
-- = no lock
-- ! none
SELECT set_config('search_path', '', false);

-- rights: default ones taken away
-- = no lock
-- ! rights:for OWNER
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM public;

-- rows: moved to another table
-- = lines RX, parent RX; scans lines
-- ! many-rows:lines
WITH moved AS (DELETE FROM lines WHERE product_id > 0 RETURNING *) INSERT INTO parent SELECT id, '' FROM moved;
