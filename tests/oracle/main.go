// Command oracle checks a log that the portal wrote with Go's own implementation of the standards
// (golang.org/x/mod/sumdb/tlog and note), of which nobody here wrote a line.
//
//	oracle FOLDER VKEY OLD   FOLDER/checkpoint and FOLDER/tile/…; VKEY: the Ed25519 public key;
//	                         OLD: an older checkpoint in a file, or "" for none
//	oracle cosigned FILE VKEY WITNESS   a checkpoint in a file; WITNESS: its public key, as an Ed25519 one
//
// It opens the checkpoints, re-hashes every entry against its leaf hash, which tlog.TileHashReader has
// authenticated against the root, proves every STEPth entry and the consistency of both checkpoints, and says how
// many of each.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height, step = 8, 97

type folder string

func (f folder) Height() int                         { return height }
func (f folder) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, t := range tiles {
		data, err := f.read(t)
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

// read gives a tile, or the beginning of the full one in its place. Go writes tile/8/0/000 where C2SP
// writes tile/0/000.
func (f folder) read(t tlog.Tile) ([]byte, error) {
	name := func(t tlog.Tile) string {
		return filepath.Join(string(f), strings.Replace(strings.Replace(t.Path(), "tile/8/", "tile/", 1), "tile/data/", "tile/entries/", 1))
	}
	data, err := os.ReadFile(name(t))
	if errors.Is(err, os.ErrNotExist) && t.W < 1<<height {
		full := t
		full.W = 1 << height
		data, err = os.ReadFile(name(full))
		if err == nil && t.L >= 0 {
			data = data[:t.W*tlog.HashSize]
		}
	}
	return data, err
}

func main() {
	var err error
	if os.Args[1] == "cosigned" {
		err = cosigned(os.Args[2], os.Args[3], os.Args[4])
	} else {
		err = run(os.Args[1], os.Args[2], os.Args[3])
	}
	if err != nil {
		fmt.Println("REFUSED:", err)
		os.Exit(1)
	}
}

func run(place, vkey, old string) error {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	known := note.VerifierList(verifier)
	tree, err := checkpoint(filepath.Join(place, "checkpoint"), known, verifier.Name())
	if err != nil {
		return err
	}
	hashes := tlog.TileHashReader(tree, folder(place))
	root, err := tlog.TreeHash(tree.N, hashes)
	if err != nil || root != tree.Hash {
		return fmt.Errorf("the tiles do not give the signed root: %v", err)
	}
	proven, err := entries(folder(place), tree, hashes)
	if err != nil {
		return err
	}
	fmt.Printf("%d entries, %d proofs", tree.N, proven)
	if old != "" {
		before, err := checkpoint(old, known, verifier.Name())
		if err != nil {
			return err
		}
		proof, err := tlog.ProveTree(tree.N, before.N, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, before.N, before.Hash); err != nil {
			return err
		}
		fmt.Printf(", consistent with %d", before.N)
	}
	fmt.Println()
	return nil
}

func checkpoint(path string, known note.Verifiers, name string) (tlog.Tree, error) {
	var tree tlog.Tree
	data, err := os.ReadFile(path)
	if err != nil {
		return tree, err
	}
	opened, err := note.Open(data, known)
	if err != nil {
		return tree, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != name {
		return tree, fmt.Errorf("not a checkpoint of %s", name)
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tree, fmt.Errorf("not a root: %v", err)
	}
	copy(tree.Hash[:], root)
	return tree, nil
}

// entries hashes every entry of every bundle, and proves every step-th.
func entries(place folder, tree tlog.Tree, hashes tlog.HashReader) (proven int, err error) {
	for n := int64(0); n*256 < tree.N; n++ {
		width := 256
		if left := tree.N - n*256; left < 256 {
			width = int(left)
		}
		bundle, err := place.read(tlog.Tile{H: height, L: -1, N: n, W: width})
		if err != nil {
			return proven, err
		}
		var indexes []int64
		for i := 0; i < width; i++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, n*256+int64(i)))
		}
		leaves, err := hashes.ReadHashes(indexes)
		if err != nil {
			return proven, err
		}
		for i := 0; i < width; i++ {
			size := int(binary.BigEndian.Uint16(bundle))
			leaf := tlog.RecordHash(bundle[2 : 2+size])
			bundle = bundle[2+size:]
			if leaf != leaves[i] {
				return proven, fmt.Errorf("entry %d does not hash to its leaf", n*256+int64(i))
			}
			if index := n*256 + int64(i); index%step == 0 || index == tree.N-1 {
				proof, err := tlog.ProveRecord(tree.N, index, hashes)
				if err != nil {
					return proven, err
				}
				if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf); err != nil {
					return proven, err
				}
				proven++
			}
		}
	}
	return proven, nil
}
