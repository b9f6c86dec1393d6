package main

import (
	"fmt"
	"os"

	cosignature "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

// cosigned opens a checkpoint that must bear a line of the log and one of the witness, as
// github.com/transparency-dev/formats understands cosignature/v1. That module wants the witness's key as a plain
// Ed25519 one and makes the other id by itself.
func cosigned(path, log, witness string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	ours, err := note.NewVerifier(log)
	if err != nil {
		return err
	}
	theirs, err := cosignature.NewVerifierForCosignatureV1(witness)
	if err != nil {
		return err
	}
	opened, err := note.Open(data, note.VerifierList(ours, theirs))
	if err != nil {
		return err
	}
	for _, line := range opened.Sigs {
		if line.Name == theirs.Name() && line.Hash == theirs.KeyHash() {
			at, err := cosignature.CoSigV1Timestamp(line)
			if err != nil {
				return err
			}
			fmt.Printf("cosigned by %s at %s\n", line.Name, at.UTC().Format("2006-01-02T15:04:05Z"))
			return nil
		}
	}
	return fmt.Errorf("not signed by %s", theirs.Name())
}
