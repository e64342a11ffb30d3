-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.p (x integer PRIMARY KEY, y integer, UNIQUE (x, y));
INSERT INTO app.p VALUES (1, 1), (2, 2);
CREATE TABLE app.t (a integer NOT NULL, b integer, c text, CONSTRAINT f FOREIGN KEY (a, b) REFERENCES app.p (x, y) ON DELETE SET NULL (b));
INSERT INTO app.t VALUES (1, 1, 'x'), (2, 2, 'y');
