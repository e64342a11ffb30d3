CREATE SCHEMA app;
CREATE TABLE app.m (id bigint NOT NULL, k integer NOT NULL, note text NOT NULL DEFAULT 'y', more integer, CONSTRAINT positive CHECK (id > 0 AND k >= 0), CONSTRAINT short CHECK (length(note) < 30)) PARTITION BY RANGE (k);
CREATE TABLE app.m1 PARTITION OF app.m FOR VALUES FROM (0) TO (9);
CREATE TABLE app.m2 PARTITION OF app.m FOR VALUES FROM (10) TO (20);
ALTER TABLE app.m ADD CONSTRAINT m_pkey PRIMARY KEY (k, id);
CREATE INDEX m_note ON app.m (note, k);
INSERT INTO app.m VALUES (1, 1, 'one'), (2, 2, 'two'), (3, 11, 'three');
