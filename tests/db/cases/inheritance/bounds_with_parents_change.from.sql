CREATE SCHEMA app;
CREATE TABLE app.m (id integer NOT NULL, k integer NOT NULL, note varchar(20) DEFAULT 'x', CONSTRAINT positive CHECK (id > 0)) PARTITION BY RANGE (k);
CREATE TABLE app.m1 PARTITION OF app.m FOR VALUES FROM (0) TO (10);
CREATE TABLE app.m2 PARTITION OF app.m FOR VALUES FROM (10) TO (20);
ALTER TABLE app.m ADD CONSTRAINT m_pkey PRIMARY KEY (id, k);
CREATE INDEX m_note ON app.m (note);
INSERT INTO app.m VALUES (1, 1, 'one'), (2, 2, 'two'), (3, 11, 'three');
