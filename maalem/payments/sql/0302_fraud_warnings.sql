-- An issuer says that a payment was fraud, before anybody disputes it. No money moves.
CREATE TABLE early_fraud_warnings (
    id         text COLLATE "C" PRIMARY KEY,
    version    integer NOT NULL CHECK (version = 1),
    account_id text COLLATE "C" NOT NULL REFERENCES accounts (id),
    charge_id  text COLLATE "C" NOT NULL REFERENCES charges (id),
    intent_id  text COLLATE "C" NOT NULL REFERENCES payment_intents (id),
    case_reference text COLLATE "C" NOT NULL,
    fraud_type text NOT NULL CHECK (fraud_type IN ('card_never_received',
        'fraudulent_card_application', 'made_with_counterfeit_card', 'made_with_lost_card',
        'made_with_stolen_card', 'misc', 'unauthorized_use_of_card')),
    created_at timestamptz NOT NULL,
    CONSTRAINT one_warning_per_case UNIQUE (case_reference)
);
CREATE INDEX early_fraud_warnings_account ON early_fraud_warnings (account_id, id);
SELECT make_put('early_fraud_warnings');
REVOKE UPDATE ON early_fraud_warnings FROM maalem_payments;
