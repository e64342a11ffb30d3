CREATE SCHEMA app;
CREATE SEQUENCE app.s MINVALUE -10 START 5;
SELECT nextval('app.s');
SELECT nextval('app.s');
