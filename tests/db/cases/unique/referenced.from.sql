CREATE SCHEMA app;
CREATE TABLE app.t (a integer NOT NULL, b integer, c text, CONSTRAINT u UNIQUE (a, b));
CREATE TABLE app.r (a integer, b integer, FOREIGN KEY (a, b) REFERENCES app.t (a, b));
CREATE TABLE app.s (a integer, b integer, CONSTRAINT late FOREIGN KEY (a, b) REFERENCES app.t (a, b) DEFERRABLE INITIALLY DEFERRED);
INSERT INTO app.t VALUES (1, 1, 'x'), (2, 2, 'y');
INSERT INTO app.r VALUES (1, 1);
