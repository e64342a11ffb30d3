-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.p (x integer PRIMARY KEY, y integer, UNIQUE (x, y));
INSERT INTO app.p VALUES (1, 1), (2, 2);
CREATE TABLE app.t (a integer NOT NULL, b integer, c text);
ALTER TABLE app.t ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES app.p (x);
INSERT INTO app.t VALUES (1, 1, 'x'), (2, 2, 'y');
