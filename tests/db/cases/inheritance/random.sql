CREATE SCHEMA §;
CREATE TABLE §.base (id integer NOT NULL, note text, CONSTRAINT base_check CHECK (id > 0));
CREATE TABLE §.other_base (other integer);
CREATE TABLE §.child (id integer NOT NULL, note text, other integer, own text, CONSTRAINT base_check CHECK (id > 0));
«table.parents: ¦ ALTER TABLE §.child INHERIT §.base; ¦ ALTER TABLE §.child INHERIT §.base; ALTER TABLE §.child INHERIT §.other_base; ¦ ALTER TABLE §.child INHERIT §.other_base;»
INSERT INTO §.base VALUES (1, 'x');
INSERT INTO §.child VALUES (2, 'y', 3, 'z');
CREATE TABLE §.m (id integer NOT NULL, at date NOT NULL, n integer «column: , extra text DEFAULT 'x' ¦ ») PARTITION BY RANGE (at);
«primary_key: ALTER TABLE §.m ADD PRIMARY KEY (id, at); ¦ »
«index: CREATE INDEX m_n ON §.m («index.definition: n ¦ n, id»); ¦ »
«check: ALTER TABLE §.m ADD CONSTRAINT m_check CHECK («check.definition: n > 0 ¦ n > -1»); ¦ »
CREATE TABLE §.m_2020 PARTITION OF §.m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE §.m_2021 PARTITION OF §.m FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE TABLE §.b (id integer NOT NULL PRIMARY KEY, n integer) PARTITION BY RANGE (id);
CREATE TABLE §.b_1 PARTITION OF §.b FOR VALUES FROM (1) TO «b=table.parents*: (10) ¦ (20)»;
CREATE TABLE §.b_2 PARTITION OF §.b FOR VALUES FROM «b? (10) ¦ (20)» TO (30);
CREATE INDEX b_n ON §.b (n);
INSERT INTO §.b VALUES (1, 1), (25, 2);
«table: CREATE TABLE §.m_2030 PARTITION OF §.m FOR VALUES FROM ('2030-01-01') TO ('2031-01-01'); ¦ »
«table.parents: CREATE TABLE §.m_2040 PARTITION OF §.m FOR VALUES FROM ('2040-01-01') TO ('2041-01-01'); ¦ CREATE TABLE §.m_2040 (id integer NOT NULL, at date NOT NULL, n integer);»
CREATE TABLE §.m_rest PARTITION OF §.m DEFAULT PARTITION BY HASH (id);
CREATE TABLE §.m_rest_0 PARTITION OF §.m_rest FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE §.m_rest_1 PARTITION OF §.m_rest FOR VALUES WITH (MODULUS 2, REMAINDER 1);
ALTER TABLE §.m_2020 ALTER n SET DEFAULT «column.default: 1 ¦ 2 ¦ NULL»;
«index: CREATE INDEX m_2020_own ON §.m_2020 (n, at); ¦ »
INSERT INTO §.m (id, at, n) VALUES (1, '2020-05-05', 1), (2, '2021-05-05', 2), (3, '1999-01-01', 3), (4, '1999-01-01', 4);
CREATE FUNCTION §.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
«trigger: CREATE TRIGGER m_note AFTER INSERT ON §.m FOR EACH ROW EXECUTE FUNCTION §.note(); «trigger.enabled_on_partitions: ¦ ALTER TABLE §.m_2020 DISABLE TRIGGER m_note;» ¦ »
