-- differences: 1
CREATE SCHEMA app;
CREATE TYPE app.mood AS ENUM ('sad', 'so-so', 'ok', 'happy', 'glad');
