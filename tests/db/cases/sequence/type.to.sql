-- differences: 1
CREATE SCHEMA app;
CREATE SEQUENCE app.s AS integer;
SELECT nextval('app.s');
SELECT nextval('app.s');
