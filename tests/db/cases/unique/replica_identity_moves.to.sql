-- differences: 2
CREATE SCHEMA app;
CREATE TABLE app.t (a integer NOT NULL, b integer, c text, CONSTRAINT u UNIQUE (a));
ALTER TABLE app.t ADD CONSTRAINT w UNIQUE (a);
ALTER TABLE app.t REPLICA IDENTITY USING INDEX u;
INSERT INTO app.t VALUES (1, 1, 'x'), (2, 2, 'y');
