--# once
CREATE SCHEMA §;
CREATE SCHEMA §_other;
«extension: CREATE EXTENSION citext SCHEMA «extension.schema*: § ¦ §_other»; COMMENT ON EXTENSION citext IS «extension.comment: 'one' ¦ 'another'»; ¦ »
«extension: CREATE EXTENSION "uuid-ossp" SCHEMA §; ¦ »
