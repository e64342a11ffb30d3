-- differences: 5
-- loses: app.m, app.m1, app.m2, app.m2x, app.m2d
CREATE SCHEMA app;
CREATE TABLE app.kept (a integer);
CREATE TABLE app.m (id integer NOT NULL, d date NOT NULL, v text DEFAULT 'p', n integer) PARTITION BY RANGE (d);
CREATE TABLE app.m1 PARTITION OF app.m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE app.m2 PARTITION OF app.m FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY LIST (v);
CREATE TABLE app.m2x PARTITION OF app.m2 FOR VALUES IN ('x', 'it''s');
CREATE TABLE app.m2d PARTITION OF app.m2 DEFAULT;
ALTER TABLE app.m ADD PRIMARY KEY (id, d, v);
CREATE INDEX m_n ON app.m (n);
ALTER TABLE app.m ADD CONSTRAINT pos CHECK (n > 0);
INSERT INTO app.m VALUES (1, '2020-05-05', 'x', 1);
INSERT INTO app.m VALUES (2, '2021-05-05', 'y', 2);
