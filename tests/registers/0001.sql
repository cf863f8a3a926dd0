-- A register of schema 0001, as its first release made them; `PRAGMA application_id` is not part of a dump.
PRAGMA application_id = 1802726777;
BEGIN TRANSACTION;
CREATE TABLE agreement (
	ref TEXT NOT NULL, 
	title TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	stage TEXT NOT NULL, 
	dated TEXT, 
	place TEXT, 
	parties TEXT NOT NULL, 
	source TEXT, 
	created_on TEXT NOT NULL, 
	updated_on TEXT NOT NULL, 
	CONSTRAINT pk_agreement PRIMARY KEY (ref), 
	CONSTRAINT ck_agreement_ref CHECK (ref = upper(ref) AND length(ref) BETWEEN 1 AND 64), 
	CONSTRAINT ck_agreement_kind CHECK (kind IN ('joint-statement', 'memorandum', 'treaty', 'contract')), 
	CONSTRAINT ck_agreement_stage CHECK (stage IN ('negotiating', 'concluded', 'adopted', 'signed', 'ratified', 'in-force', 'terminated')), 
	CONSTRAINT ck_agreement_parties CHECK (parties IN ('KR', 'MY', 'both')), 
	CONSTRAINT ck_agreement_created_on CHECK (date(created_on, '+0 days') IS created_on), 
	CONSTRAINT ck_agreement_updated_on CHECK (date(updated_on, '+0 days') IS updated_on)
)
 STRICT

;
INSERT INTO "agreement" VALUES('FA50M-2023','Supply of 18 FA-50M light fighter jets','contract','signed','2023',NULL,'both','Report of the Seoul summit of 25 November 2024','2024-11-25','2024-11-25');
INSERT INTO "agreement" VALUES('FTA','Bilateral free trade agreement','treaty','negotiating',NULL,NULL,'both','Report of the Seoul summit of 25 November 2024','2024-11-25','2024-11-25');
INSERT INTO "agreement" VALUES('MOU-CCS','Carbon capture and storage technology','memorandum','signed','2024-11-25','Seoul','both','Report of the Seoul summit of 25 November 2024','2024-11-25','2024-11-25');
INSERT INTO "agreement" VALUES('MOU-MINERALS','Critical mineral supply chains','memorandum','signed','2024-11-25','Seoul','both','Report of the Seoul summit of 25 November 2024','2024-11-25','2024-11-25');
INSERT INTO "agreement" VALUES('MOU-TOURISM','Tourism','memorandum','signed','2024-11-25','Seoul','both','Report of the Seoul summit of 25 November 2024','2024-11-25','2024-11-25');
INSERT INTO "agreement" VALUES('SP-2024','Republic of Korea - Malaysia Strategic Partnership','joint-statement','adopted','2024-11-25','Yongsan Presidential Office, Seoul','both','Report of the Seoul summit of 25 November 2024; the leaders'' joint statement for the stage','2024-11-25','2024-11-25');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE commitment (
	ref TEXT NOT NULL, 
	title TEXT NOT NULL, 
	detail TEXT, 
	agreement TEXT NOT NULL, 
	sector TEXT NOT NULL, 
	parties TEXT NOT NULL, 
	firmness TEXT NOT NULL, 
	verifiable INTEGER NOT NULL, 
	source TEXT, 
	status TEXT NOT NULL, 
	due TEXT, 
	due_phrase TEXT, 
	baseline_due TEXT, 
	completed_on TEXT, 
	completed_due TEXT, 
	due_earliest TEXT, 
	due_latest TEXT, 
	completed_latest TEXT, 
	slip_days INTEGER, 
	evidence INTEGER NOT NULL, 
	created_on TEXT NOT NULL, 
	updated_on TEXT NOT NULL, 
	CONSTRAINT pk_commitment PRIMARY KEY (ref), 
	CONSTRAINT fk_commitment_agreement FOREIGN KEY(agreement) REFERENCES agreement (ref), 
	CONSTRAINT ck_commitment_ref CHECK (ref = upper(ref) AND length(ref) BETWEEN 1 AND 64), 
	CONSTRAINT ck_commitment_parties CHECK (parties IN ('KR', 'MY', 'both')), 
	CONSTRAINT ck_commitment_firmness CHECK (firmness IN ('signed', 'committed', 'agreed', 'discussed', 'hoped')), 
	CONSTRAINT ck_commitment_status CHECK (status IN ('planned', 'in-progress', 'finalising', 'completed', 'suspended', 'cancelled')), 
	CONSTRAINT ck_commitment_verifiable CHECK (verifiable IN (0, 1)), 
	CONSTRAINT ck_commitment_evidence CHECK (evidence >= 0), 
	CONSTRAINT ck_commitment_completion CHECK ((status = 'completed') = (completed_on IS NOT NULL)), 
	CONSTRAINT ck_commitment_window CHECK (due_earliest <= due_latest), 
	CONSTRAINT ck_commitment_due CHECK ((due IS NULL) = (due_earliest IS NULL) AND (due IS NULL) = (due_latest IS NULL)), 
	CONSTRAINT ck_commitment_completed_on CHECK (date(completed_on, '+0 days') IS completed_on), 
	CONSTRAINT ck_commitment_due_earliest CHECK (date(due_earliest, '+0 days') IS due_earliest), 
	CONSTRAINT ck_commitment_due_latest CHECK (date(due_latest, '+0 days') IS due_latest), 
	CONSTRAINT ck_commitment_completed_latest CHECK (date(completed_latest, '+0 days') IS completed_latest), 
	CONSTRAINT ck_commitment_created_on CHECK (date(created_on, '+0 days') IS created_on), 
	CONSTRAINT ck_commitment_updated_on CHECK (date(updated_on, '+0 days') IS updated_on)
)
 STRICT

;
INSERT INTO "commitment" VALUES('CCS-START','Start the joint carbon capture and storage project','The leaders talked about how to carry the project out; 2029 is its starting year.','MOU-CCS','green-energy','both','discussed',1,'Report of the Seoul summit of 25 November 2024','planned','2030-06','set to begin in 2029','2029',NULL,NULL,'2030-06-01','2030-06-30',NULL,181,0,'2024-11-25','2025-10-27');
INSERT INTO "commitment" VALUES('CCS-TECHNOLOGY','Cooperate on carbon capture and storage technology','Rests on the memorandum on carbon capture and storage technology.','MOU-CCS','green-energy','both','signed',1,'Report of the Seoul summit of 25 November 2024','in-progress',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25');
INSERT INTO "commitment" VALUES('DEFENCE-INDUSTRY','Korean firms take part in Malaysia''s defence modernisation','President Yoon hopes Korean firms go on taking part in Malaysia''s defence projects.','SP-2024','defence','both','hoped',1,'Report of the Seoul summit of 25 November 2024','planned',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25');
INSERT INTO "commitment" VALUES('DEFENCE-RESEARCH','Joint research, development and military technology','Prime Minister Anwar said Malaysia is willing to work with Korea on defence research, development and technology.','SP-2024','defence','both','agreed',1,'Report of the Seoul summit of 25 November 2024','planned',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25');
INSERT INTO "commitment" VALUES('DEFENCE-TRAINING','Joint military training','Prime Minister Anwar said Malaysia is willing to train together with Korea.','SP-2024','defence','both','agreed',1,'Report of the Seoul summit of 25 November 2024','planned',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25');
INSERT INTO "commitment" VALUES('FA50M-DELIVERY','Deliver 18 FA-50M jets to Malaysia','18 FA-50M light fighter jets under the US$920 million deal of 2023.','FA50M-2023','defence','KR','signed',1,'Report of the Seoul summit of 25 November 2024','in-progress',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25');
INSERT INTO "commitment" VALUES('FTA-CONCLUDE','Conclude the bilateral free trade agreement','President Yoon Suk Yeol and Prime Minister Anwar Ibrahim both took this on at the summit.','FTA','trade','both','committed',1,'Report of the Seoul summit of 25 November 2024','finalising','2025','by next year','2025',NULL,NULL,'2025-01-01','2025-12-31',NULL,0,1,'2024-11-25','2025-10-26');
INSERT INTO "commitment" VALUES('FTA-SCOPE','Take the FTA beyond trade and investment','Fields named: digital economy, green technology, bioeconomy.','FTA','trade','both','committed',1,'Report of the Seoul summit of 25 November 2024','planned',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25');
INSERT INTO "commitment" VALUES('GREEN-ENERGY','Joint green energy initiatives toward carbon neutrality','Joint initiatives in green energy, with carbon neutrality as the aim.','SP-2024','green-energy','both','discussed',1,'Report of the Seoul summit of 25 November 2024','planned',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25');
INSERT INTO "commitment" VALUES('HALAL-TRADE','Recognise halal certificates 할랄',NULL,'SP-2024','trade','both','agreed',1,NULL,'planned','2026-34',NULL,'2026-34',NULL,NULL,'2026-04-01','2026-06-30',NULL,0,0,'2026-01-15','2026-01-15');
INSERT INTO "commitment" VALUES('HYDROGEN','Cooperate on clean hydrogen','Prime Minister Anwar called the two countries well matched in this field.','SP-2024','green-energy','both','hoped',1,'Report of the Seoul summit of 25 November 2024','planned',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25');
INSERT INTO "commitment" VALUES('INVESTMENT','High-value Korean investment in Malaysia','Fields: semiconductors, electric vehicles, green technology. Prime Minister Anwar met 147 companies; Samsung, SK Nexilis and Posco Group are named.','SP-2024','investment','both','hoped',1,'Report of the Seoul summit of 25 November 2024','in-progress',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25');
INSERT INTO "commitment" VALUES('JETS-UPGRADE','Support the upgrade of Malaysia''s air force jets','Korean support for what Malaysia does to upgrade its air force jets.','SP-2024','defence','KR','discussed',1,'Report of the Seoul summit of 25 November 2024','planned',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25');
INSERT INTO "commitment" VALUES('MIDDLE-EAST-PEACE','Support peace in the Middle East','The leaders spoke of the humanitarian crisis in Gaza and the violence in Lebanon.','SP-2024','regional','both','committed',0,'Report of the Seoul summit of 25 November 2024','in-progress',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25');
INSERT INTO "commitment" VALUES('MINERALS-SUPPLY','Supply critical minerals from Malaysia''s reserves to Korean industry','Rests on the memorandum on critical mineral supply chains.','MOU-MINERALS','critical-minerals','both','signed',1,'Report of the Seoul summit of 25 November 2024','in-progress',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25');
INSERT INTO "commitment" VALUES('MULTILATERAL','Work together in APEC and ASEAN','Closer cooperation on regional and global challenges in the two forums.','SP-2024','regional','both','agreed',1,'Report of the Seoul summit of 25 November 2024','in-progress',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25');
INSERT INTO "commitment" VALUES('PARIS-REDUCTIONS','Reduce greenhouse gases together under the Paris Agreement','Closer cooperation under the Paris Agreement to cut greenhouse gas emissions.','SP-2024','climate','both','agreed',1,'Report of the Seoul summit of 25 November 2024','in-progress',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25');
INSERT INTO "commitment" VALUES('REGIONAL-STABILITY','Keep the region stable','Both leaders are concerned about closer military ties between North Korea and Russia.','SP-2024','regional','both','discussed',0,'Report of the Seoul summit of 25 November 2024','in-progress',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25');
INSERT INTO "commitment" VALUES('TOURISM','Carry out the tourism agreement','Rests on the memorandum on tourism.','MOU-TOURISM','tourism','both','signed',1,'Report of the Seoul summit of 25 November 2024','completed',NULL,NULL,NULL,'2025-01-18',NULL,NULL,NULL,NULL,NULL,1,'2024-11-25','2025-01-18');
INSERT INTO "commitment" VALUES('TRADE-GROWTH','Grow bilateral trade','Starting point: US$25 billion for 2023; Malaysia is Korea''s third-largest trade partner in ASEAN.','SP-2024','trade','both','discussed',1,'Report of the Seoul summit of 25 November 2024','in-progress',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25');
CREATE TABLE entry (
	id INTEGER NOT NULL, 
	invocation TEXT NOT NULL, 
	"key" TEXT, 
	key_digest TEXT, 
	recorded_at TEXT NOT NULL, 
	effective_on TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	record TEXT NOT NULL, 
	ref TEXT NOT NULL, 
	action TEXT NOT NULL, 
	changes TEXT NOT NULL, 
	note TEXT, 
	evidence TEXT NOT NULL, 
	previous_hash TEXT, 
	hash TEXT NOT NULL, 
	CONSTRAINT pk_entry PRIMARY KEY (id), 
	CONSTRAINT ck_entry_record CHECK (record IN ('agreement', 'commitment', 'milestone')), 
	CONSTRAINT ck_entry_action CHECK (action IN ('created', 'updated', 'noted', 'undone', 'withdrawn', 'restored')), 
	CONSTRAINT ck_entry_recorded_at CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(recorded_at, 1, 19), '+0 days') IS substr(recorded_at, 1, 19) AND recorded_at GLOB '*.[0-9][0-9][0-9][0-9][0-9][0-9]Z'), 
	CONSTRAINT ck_entry_effective_on CHECK (date(effective_on, '+0 days') IS effective_on), 
	CONSTRAINT ck_entry_hash CHECK (length(hash) = 64), 
	CONSTRAINT ck_entry_first CHECK ((id = 1) = (previous_hash IS NULL)), 
	CONSTRAINT ck_entry_key CHECK ((key IS NULL) = (key_digest IS NULL))
)
 STRICT

;
INSERT INTO "entry" VALUES(1,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','agreement','SP-2024','created','{"dated":[null,"2024-11-25"],"kind":[null,"joint-statement"],"parties":[null,"both"],"place":[null,"Yongsan Presidential Office, Seoul"],"source":[null,"Report of the Seoul summit of 25 November 2024; the leaders'' joint statement for the stage"],"stage":[null,"adopted"],"title":[null,"Republic of Korea - Malaysia Strategic Partnership"]}','Sources conflict: the report says President Yoon Suk Yeol and Prime Minister Anwar Ibrahim signed it; the leaders'' joint statement calls itself adopted. The report names only the weekday, Monday.','[]',NULL,'86c8a541e4ff2bc6da2277e3d2821c053942774ec4d00f0c02bb0e9349ce3c35');
INSERT INTO "entry" VALUES(2,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','agreement','FTA','created','{"kind":[null,"treaty"],"parties":[null,"both"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"stage":[null,"negotiating"],"title":[null,"Bilateral free trade agreement"]}','To be concluded "by next year", which from the summit''s date is 2025.','[]','86c8a541e4ff2bc6da2277e3d2821c053942774ec4d00f0c02bb0e9349ce3c35','6392914fa877ae6045b5b89e9619fab17224d9dfde49927081dc08300b3543d2');
INSERT INTO "entry" VALUES(3,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','agreement','MOU-MINERALS','created','{"dated":[null,"2024-11-25"],"kind":[null,"memorandum"],"parties":[null,"both"],"place":[null,"Seoul"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"stage":[null,"signed"],"title":[null,"Critical mineral supply chains"]}','Signed on the sidelines of the summit by officials of both countries, says the report; it names none of them.','[]','6392914fa877ae6045b5b89e9619fab17224d9dfde49927081dc08300b3543d2','75604b6ef21b2324c7ac9280a74ec64f5e9ce57f90198c0c6de10c839e9ac813');
INSERT INTO "entry" VALUES(4,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','agreement','MOU-CCS','created','{"dated":[null,"2024-11-25"],"kind":[null,"memorandum"],"parties":[null,"both"],"place":[null,"Seoul"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"stage":[null,"signed"],"title":[null,"Carbon capture and storage technology"]}','Signed on the sidelines of the summit by officials of both countries, says the report; it names none of them.','[]','75604b6ef21b2324c7ac9280a74ec64f5e9ce57f90198c0c6de10c839e9ac813','0a3d72b37825499af7d73120572158a31cde446166aec97e4bcfc41154359f09');
INSERT INTO "entry" VALUES(5,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','agreement','MOU-TOURISM','created','{"dated":[null,"2024-11-25"],"kind":[null,"memorandum"],"parties":[null,"both"],"place":[null,"Seoul"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"stage":[null,"signed"],"title":[null,"Tourism"]}','Sources conflict: the report has unnamed officials of both countries signing it on the sidelines of the summit; other reports date the signature 2025-01-18.','[]','0a3d72b37825499af7d73120572158a31cde446166aec97e4bcfc41154359f09','9fb2cd2827c0fa342a80814a18e2ae72eddc00564dffc43c16bb86a066db6bdb');
INSERT INTO "entry" VALUES(6,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','agreement','FA50M-2023','created','{"dated":[null,"2023"],"kind":[null,"contract"],"parties":[null,"both"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"stage":[null,"signed"],"title":[null,"Supply of 18 FA-50M light fighter jets"]}','Worth US$920 million. The report gives the year of the deal only, and no signatories.','[]','9fb2cd2827c0fa342a80814a18e2ae72eddc00564dffc43c16bb86a066db6bdb','e1e7fc3df9ee40359854b2c30ca8689d0abd2d47133b80a74655d75b44c86697');
INSERT INTO "entry" VALUES(7,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','FTA-CONCLUDE','created','{"agreement":[null,"FTA"],"baseline_due":[null,"2025"],"detail":[null,"President Yoon Suk Yeol and Prime Minister Anwar Ibrahim both took this on at the summit."],"due":[null,"2025"],"due_phrase":[null,"by next year"],"firmness":[null,"committed"],"parties":[null,"both"],"sector":[null,"trade"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"in-progress"],"title":[null,"Conclude the bilateral free trade agreement"],"verifiable":[null,true]}','The report names no calendar date; the summit was on 2024-11-25, so "next year" is 2025. It does not say which step counts as concluding: the end of the talks or the signature.','[]','e1e7fc3df9ee40359854b2c30ca8689d0abd2d47133b80a74655d75b44c86697','9cac6420d58c018e6e7fbeeb2619871379219469250d85d750213e77c65209a8');
INSERT INTO "entry" VALUES(8,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','FTA-SCOPE','created','{"agreement":[null,"FTA"],"detail":[null,"Fields named: digital economy, green technology, bioeconomy."],"firmness":[null,"committed"],"parties":[null,"both"],"sector":[null,"trade"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"planned"],"title":[null,"Take the FTA beyond trade and investment"],"verifiable":[null,true]}','The report words the wider scope as an aim and sets no date for it.','[]','9cac6420d58c018e6e7fbeeb2619871379219469250d85d750213e77c65209a8','13f7fd101a79856b02196d9511e1e2df8a87e67ff58ddf3978887169e0b5cb1a');
INSERT INTO "entry" VALUES(9,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','TRADE-GROWTH','created','{"agreement":[null,"SP-2024"],"detail":[null,"Starting point: US$25 billion for 2023; Malaysia is Korea''s third-largest trade partner in ASEAN."],"firmness":[null,"discussed"],"parties":[null,"both"],"sector":[null,"trade"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"in-progress"],"title":[null,"Grow bilateral trade"],"verifiable":[null,true]}','The report sets no target or date, and words the 2023 figure as an expectation although that year was over.','[]','13f7fd101a79856b02196d9511e1e2df8a87e67ff58ddf3978887169e0b5cb1a','a4d3b5b5952e497a0ff7d07f0c8cb04b1d8cf28bfe56ca3f042bd32e97889da7');
INSERT INTO "entry" VALUES(10,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','MINERALS-SUPPLY','created','{"agreement":[null,"MOU-MINERALS"],"detail":[null,"Rests on the memorandum on critical mineral supply chains."],"firmness":[null,"signed"],"parties":[null,"both"],"sector":[null,"critical-minerals"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"in-progress"],"title":[null,"Supply critical minerals from Malaysia''s reserves to Korean industry"],"verifiable":[null,true]}','The report names no minerals, quantities or dates.','[]','a4d3b5b5952e497a0ff7d07f0c8cb04b1d8cf28bfe56ca3f042bd32e97889da7','0ec1cc348ccb7c30289b56eceb8a84ca06d75127dedf8be9f62c819ef7bf9ce1');
INSERT INTO "entry" VALUES(11,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','CCS-START','created','{"agreement":[null,"MOU-CCS"],"baseline_due":[null,"2029"],"detail":[null,"The leaders talked about how to carry the project out; 2029 is its starting year."],"due":[null,"2029"],"due_phrase":[null,"set to begin in 2029"],"firmness":[null,"discussed"],"parties":[null,"both"],"sector":[null,"green-energy"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"planned"],"title":[null,"Start the joint carbon capture and storage project"],"verifiable":[null,true]}','The report gives the year only, and no site, capacity or companies.','[]','0ec1cc348ccb7c30289b56eceb8a84ca06d75127dedf8be9f62c819ef7bf9ce1','89f6789e4f7da6f638d01ca661d9b003e25dd047ba3dcc83ae9ba602cc78a9d1');
INSERT INTO "entry" VALUES(12,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','CCS-TECHNOLOGY','created','{"agreement":[null,"MOU-CCS"],"detail":[null,"Rests on the memorandum on carbon capture and storage technology."],"firmness":[null,"signed"],"parties":[null,"both"],"sector":[null,"green-energy"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"in-progress"],"title":[null,"Cooperate on carbon capture and storage technology"],"verifiable":[null,true]}',NULL,'[]','89f6789e4f7da6f638d01ca661d9b003e25dd047ba3dcc83ae9ba602cc78a9d1','4d1f1d533fa1d8a7314496eae1bb44e52fa2f383ca0d7e7d3a853f70f4b19134');
INSERT INTO "entry" VALUES(13,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','PARIS-REDUCTIONS','created','{"agreement":[null,"SP-2024"],"detail":[null,"Closer cooperation under the Paris Agreement to cut greenhouse gas emissions."],"firmness":[null,"agreed"],"parties":[null,"both"],"sector":[null,"climate"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"in-progress"],"title":[null,"Reduce greenhouse gases together under the Paris Agreement"],"verifiable":[null,true]}','The report sets no amount of emissions and no date.','[]','4d1f1d533fa1d8a7314496eae1bb44e52fa2f383ca0d7e7d3a853f70f4b19134','76d379c52e443205ae6115edf6675bbf8435e5b2d8c2230b5c13b8d6508ada16');
INSERT INTO "entry" VALUES(14,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','GREEN-ENERGY','created','{"agreement":[null,"SP-2024"],"detail":[null,"Joint initiatives in green energy, with carbon neutrality as the aim."],"firmness":[null,"discussed"],"parties":[null,"both"],"sector":[null,"green-energy"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"planned"],"title":[null,"Joint green energy initiatives toward carbon neutrality"],"verifiable":[null,true]}','The report names no single initiative and no year for carbon neutrality.','[]','76d379c52e443205ae6115edf6675bbf8435e5b2d8c2230b5c13b8d6508ada16','4b21ff45bb3761a6ca9111d40df597c492a769279676ba156fc37e79e9cc4a81');
INSERT INTO "entry" VALUES(15,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','HYDROGEN','created','{"agreement":[null,"SP-2024"],"detail":[null,"Prime Minister Anwar called the two countries well matched in this field."],"firmness":[null,"hoped"],"parties":[null,"both"],"sector":[null,"green-energy"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"planned"],"title":[null,"Cooperate on clean hydrogen"],"verifiable":[null,true]}','The report has this from the Malaysian side only, as a possibility.','[]','4b21ff45bb3761a6ca9111d40df597c492a769279676ba156fc37e79e9cc4a81','b7991ab89492051ba5df9944d18af341ccefe03990c78fa824ec60d7220276bd');
INSERT INTO "entry" VALUES(16,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','FA50M-DELIVERY','created','{"agreement":[null,"FA50M-2023"],"detail":[null,"18 FA-50M light fighter jets under the US$920 million deal of 2023."],"firmness":[null,"signed"],"parties":[null,"KR"],"sector":[null,"defence"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"in-progress"],"title":[null,"Deliver 18 FA-50M jets to Malaysia"],"verifiable":[null,true]}','Sources conflict: the report, citing President Yoon, calls the delivery of the 18 jets successful; other sources schedule delivery from 2026. Kept in progress, without a due date.','[]','b7991ab89492051ba5df9944d18af341ccefe03990c78fa824ec60d7220276bd','a946c25e948bc9ece3c0e29ed4edd264c8fd3d7017e4cf2ebfef6aecbb298be7');
INSERT INTO "entry" VALUES(17,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','JETS-UPGRADE','created','{"agreement":[null,"SP-2024"],"detail":[null,"Korean support for what Malaysia does to upgrade its air force jets."],"firmness":[null,"discussed"],"parties":[null,"KR"],"sector":[null,"defence"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"planned"],"title":[null,"Support the upgrade of Malaysia''s air force jets"],"verifiable":[null,true]}','The report does not say which aircraft, how many or by when.','[]','a946c25e948bc9ece3c0e29ed4edd264c8fd3d7017e4cf2ebfef6aecbb298be7','9f4f499136c0d826c84cce94d154e145c86f6d515b860df118aeeb8c7828a393');
INSERT INTO "entry" VALUES(18,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','DEFENCE-INDUSTRY','created','{"agreement":[null,"SP-2024"],"detail":[null,"President Yoon hopes Korean firms go on taking part in Malaysia''s defence projects."],"firmness":[null,"hoped"],"parties":[null,"both"],"sector":[null,"defence"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"planned"],"title":[null,"Korean firms take part in Malaysia''s defence modernisation"],"verifiable":[null,true]}','The report has this from the Korean side, as a hope; it names no firm or project.','[]','9f4f499136c0d826c84cce94d154e145c86f6d515b860df118aeeb8c7828a393','508280d953842a4d638210bf44e978b6fad48ce71d64f9ce536e8baebfcb31af');
INSERT INTO "entry" VALUES(19,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','DEFENCE-TRAINING','created','{"agreement":[null,"SP-2024"],"detail":[null,"Prime Minister Anwar said Malaysia is willing to train together with Korea."],"firmness":[null,"agreed"],"parties":[null,"both"],"sector":[null,"defence"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"planned"],"title":[null,"Joint military training"],"verifiable":[null,true]}','The report quotes the Malaysian side only and names no exercise or date.','[]','508280d953842a4d638210bf44e978b6fad48ce71d64f9ce536e8baebfcb31af','a9c58e365ddac5e484471daab70df70bddbf71d6d0a6f78516c0fa45fe72ac1e');
INSERT INTO "entry" VALUES(20,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','DEFENCE-RESEARCH','created','{"agreement":[null,"SP-2024"],"detail":[null,"Prime Minister Anwar said Malaysia is willing to work with Korea on defence research, development and technology."],"firmness":[null,"agreed"],"parties":[null,"both"],"sector":[null,"defence"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"planned"],"title":[null,"Joint research, development and military technology"],"verifiable":[null,true]}','The report quotes the Malaysian side only and names no project or date.','[]','a9c58e365ddac5e484471daab70df70bddbf71d6d0a6f78516c0fa45fe72ac1e','8e7aaaa1c660383db561890d0fa5a710ce90733f62bb6a4742fc5998f96a38e5');
INSERT INTO "entry" VALUES(21,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','INVESTMENT','created','{"agreement":[null,"SP-2024"],"detail":[null,"Fields: semiconductors, electric vehicles, green technology. Prime Minister Anwar met 147 companies; Samsung, SK Nexilis and Posco Group are named."],"firmness":[null,"hoped"],"parties":[null,"both"],"sector":[null,"investment"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"in-progress"],"title":[null,"High-value Korean investment in Malaysia"],"verifiable":[null,true]}','The report gives no amount, and no investment decided by any of the companies.','[]','8e7aaaa1c660383db561890d0fa5a710ce90733f62bb6a4742fc5998f96a38e5','f67a07a19a577f9b644af3c387f35294e6c4ffb3ced504020fef46056a71e860');
INSERT INTO "entry" VALUES(22,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','TOURISM','created','{"agreement":[null,"MOU-TOURISM"],"detail":[null,"Rests on the memorandum on tourism."],"firmness":[null,"signed"],"parties":[null,"both"],"sector":[null,"tourism"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"in-progress"],"title":[null,"Carry out the tourism agreement"],"verifiable":[null,true]}','The report says nothing of what the memorandum contains. Sources conflict on when it was signed: see MOU-TOURISM.','[]','f67a07a19a577f9b644af3c387f35294e6c4ffb3ced504020fef46056a71e860','5783fc4a36c2849d7fadaf2e2d32f4d4a8fd4dcffd10eed795e936ff82dcfe6e');
INSERT INTO "entry" VALUES(23,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','MULTILATERAL','created','{"agreement":[null,"SP-2024"],"detail":[null,"Closer cooperation on regional and global challenges in the two forums."],"firmness":[null,"agreed"],"parties":[null,"both"],"sector":[null,"regional"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"in-progress"],"title":[null,"Work together in APEC and ASEAN"],"verifiable":[null,true]}',NULL,'[]','5783fc4a36c2849d7fadaf2e2d32f4d4a8fd4dcffd10eed795e936ff82dcfe6e','b1120f5b21de5461b1dcd44fafb758d756dac419a1449f2af1f0da3be2f77297');
INSERT INTO "entry" VALUES(24,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','REGIONAL-STABILITY','created','{"agreement":[null,"SP-2024"],"detail":[null,"Both leaders are concerned about closer military ties between North Korea and Russia."],"firmness":[null,"discussed"],"parties":[null,"both"],"sector":[null,"regional"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"in-progress"],"title":[null,"Keep the region stable"],"verifiable":[null,false]}','A shared concern; the report names no act that could show it done.','[]','b1120f5b21de5461b1dcd44fafb758d756dac419a1449f2af1f0da3be2f77297','305968b877ec43038f9ca1c2eb498c33bc2076623c457206cb1c1edb4d8ef3d9');
INSERT INTO "entry" VALUES(25,'48cd5dc4eae24f69903d3271452919ee',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','MIDDLE-EAST-PEACE','created','{"agreement":[null,"SP-2024"],"detail":[null,"The leaders spoke of the humanitarian crisis in Gaza and the violence in Lebanon."],"firmness":[null,"committed"],"parties":[null,"both"],"sector":[null,"regional"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"in-progress"],"title":[null,"Support peace in the Middle East"],"verifiable":[null,false]}','A shared position; the report names no act that could show it done.','[]','305968b877ec43038f9ca1c2eb498c33bc2076623c457206cb1c1edb4d8ef3d9','3bb353e27d05e1d7161ce091740ebeeaf4d27ec9ac2b81493b2b8a3aed4eb578');
INSERT INTO "entry" VALUES(26,'f8824e9c09a3411fbe6c9f2495253181',NULL,NULL,'2026-01-15T04:00:00.000000Z','2025-10-26','desk','commitment','FTA-CONCLUDE','updated','{"status":["in-progress","finalising"]}','Talks concluded','["SBS News 2025-10-26"]','3bb353e27d05e1d7161ce091740ebeeaf4d27ec9ac2b81493b2b8a3aed4eb578','46fd98ceb4ec74d450c4b0d4f071ad060d29af011b213d45a96961d28cb70679');
INSERT INTO "entry" VALUES(27,'b3a3cc8d33fb446b8f6df5fdcbbeda48',NULL,NULL,'2026-01-15T04:00:00.000000Z','2025-10-27','desk','commitment','CCS-START','updated','{"due":["2029","2030-06"]}','Start put off','[]','46fd98ceb4ec74d450c4b0d4f071ad060d29af011b213d45a96961d28cb70679','1183cc6c453b8529cbf7c3b265bfc3aa7bb248cb06bc44082d1f5c7c1b834508');
INSERT INTO "entry" VALUES(28,'290963cb5e124dfeb77dc8d7fa6d4c91',NULL,NULL,'2026-01-15T04:00:00.000000Z','2026-01-15','desk','commitment','HALAL-TRADE','created','{"agreement":[null,"SP-2024"],"baseline_due":[null,"2026-34"],"due":[null,"2026-34"],"firmness":[null,"agreed"],"parties":[null,"both"],"sector":[null,"trade"],"status":[null,"planned"],"title":[null,"Recognise halal certificates 할랄"],"verifiable":[null,true]}',NULL,'[]','1183cc6c453b8529cbf7c3b265bfc3aa7bb248cb06bc44082d1f5c7c1b834508','97cc43f2106ecdcc2b8f36d3d6951ca25c4b2d337f472231012ee24563bd7003');
INSERT INTO "entry" VALUES(29,'10b0219dfbc64c6ba18e71395dedbe90',NULL,NULL,'2026-01-15T04:00:00.000000Z','2025-01-18','desk','commitment','TOURISM','updated','{"completed_on":[null,"2025-01-18"],"status":["in-progress","completed"]}',NULL,'["Malay Mail 2025-01-19"]','97cc43f2106ecdcc2b8f36d3d6951ca25c4b2d337f472231012ee24563bd7003','6a1722eb71db679fcb50eb4ec68088924d39524aae651b0d8303afb9da67973a');
CREATE TABLE milestone (
	ref TEXT NOT NULL, 
	commitment TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	title TEXT NOT NULL, 
	due TEXT, 
	state TEXT NOT NULL, 
	met_on TEXT, 
	due_earliest TEXT, 
	due_latest TEXT, 
	evidence INTEGER NOT NULL, 
	created_on TEXT NOT NULL, 
	updated_on TEXT NOT NULL, 
	CONSTRAINT pk_milestone PRIMARY KEY (ref), 
	CONSTRAINT fk_milestone_commitment FOREIGN KEY(commitment) REFERENCES commitment (ref), 
	CONSTRAINT ck_milestone_ref CHECK (ref = commitment || '/' || number), 
	CONSTRAINT ck_milestone_number CHECK (number >= 1), 
	CONSTRAINT ck_milestone_state CHECK (state IN ('scheduled', 'met', 'partially-met', 'not-met')), 
	CONSTRAINT ck_milestone_evidence CHECK (evidence >= 0), 
	CONSTRAINT ck_milestone_window CHECK (due_earliest <= due_latest), 
	CONSTRAINT ck_milestone_due CHECK ((due IS NULL) = (due_earliest IS NULL) AND (due IS NULL) = (due_latest IS NULL)), 
	CONSTRAINT ck_milestone_met_on CHECK (date(met_on, '+0 days') IS met_on), 
	CONSTRAINT ck_milestone_due_earliest CHECK (date(due_earliest, '+0 days') IS due_earliest), 
	CONSTRAINT ck_milestone_due_latest CHECK (date(due_latest, '+0 days') IS due_latest), 
	CONSTRAINT ck_milestone_created_on CHECK (date(created_on, '+0 days') IS created_on), 
	CONSTRAINT ck_milestone_updated_on CHECK (date(updated_on, '+0 days') IS updated_on)
)
 STRICT

;
CREATE INDEX ix_commitment_due_latest_ref ON commitment (due_latest, ref);
CREATE INDEX ix_commitment_status_due_latest ON commitment (status, due_latest);
CREATE INDEX ix_commitment_agreement ON commitment (agreement);
CREATE INDEX ix_commitment_updated_on ON commitment (updated_on);
CREATE UNIQUE INDEX ix_milestone_commitment_number ON milestone (commitment, number);
CREATE INDEX ix_milestone_state_due_latest ON milestone (state, due_latest);
CREATE INDEX ix_entry_ref_effective_on ON entry (ref, effective_on);
CREATE INDEX ix_entry_effective_on ON entry (effective_on);
CREATE INDEX ix_entry_invocation ON entry (invocation);
CREATE UNIQUE INDEX ix_entry_key ON entry ("key") WHERE key IS NOT NULL;
CREATE UNIQUE INDEX ix_entry_created ON entry (ref) WHERE action = 'created';
CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END;
CREATE TRIGGER entry_append BEFORE INSERT ON entry WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM entry) OR NEW.previous_hash IS NOT (SELECT hash FROM entry WHERE id = NEW.id - 1) OR EXISTS (SELECT 1 FROM entry WHERE key = NEW.key) OR (NEW.action = 'created' AND EXISTS (SELECT 1 FROM entry WHERE ref = NEW.ref AND action = 'created')) BEGIN SELECT RAISE(ABORT, 'an entry is only added at the end of the history'); END;
COMMIT;
