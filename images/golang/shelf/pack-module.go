// pack-module SHELF MODULE VERSION: reads a .tar of a module's sources and puts the module into SHELF, a folder that Go
// takes as a proxy (https://go.dev/ref/mod#goproxy-protocol). The archive holds what Go's own would hold, so that its
// hash is the one in everybody's go.sum.
package main

import (
	"archive/tar"
	"archive/zip"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"time"
)

type source struct {
	name string // in the module, as in `router/tree.go`
	data []byte
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 4 {
		log.Fatal("usage: pack-module SHELF MODULE VERSION < SOURCES.tar")
	}
	shelf, module, version := os.Args[1], os.Args[2], os.Args[3]
	sources, newest := read(os.Stdin)
	folder := filepath.Join(shelf, module, "@v")
	check(os.MkdirAll(folder, 0o755))

	archive, err := os.Create(filepath.Join(folder, version+".zip"))
	check(err)
	writer := zip.NewWriter(archive)
	mod := []byte("module " + module + "\n") // what Go assumes for a module without go.mod
	for _, file := range wanted(sources) {
		part, err := writer.Create(module + "@" + version + "/" + file.name)
		check(err)
		_, err = part.Write(file.data)
		check(err)
		if file.name == "go.mod" {
			mod = file.data
		}
	}
	check(writer.Close())
	check(archive.Close())
	check(os.WriteFile(filepath.Join(folder, version+".mod"), mod, 0o644))
	check(os.WriteFile(filepath.Join(folder, "list"), []byte(version+"\n"), 0o644))
	info, err := json.Marshal(map[string]any{"Version": version, "Time": newest.UTC()})
	check(err)
	check(os.WriteFile(filepath.Join(folder, version+".info"), info, 0o644))
}

// read takes the plain files of a tar, without the one folder that they all lie in.
func read(from io.Reader) ([]source, time.Time) {
	var sources []source
	var newest time.Time
	for archive := tar.NewReader(from); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return sources, newest
		}
		check(err)
		_, name, inside := strings.Cut(header.Name, "/")
		if header.Typeflag != tar.TypeReg || !inside {
			continue
		}
		data, err := io.ReadAll(archive)
		check(err)
		sources = append(sources, source{name, data})
		if header.ModTime.After(newest) {
			newest = header.ModTime
		}
	}
}

// wanted leaves out what belongs to another module (a folder with its own go.mod) and vendored packages.
func wanted(sources []source) []source {
	others := map[string]bool{}
	for _, file := range sources {
		if folder, name := path.Split(file.name); name == "go.mod" && folder != "" {
			others[strings.TrimSuffix(folder, "/")] = true
		}
	}
	var found []source
	for _, file := range sources {
		if !belongsElsewhere(file.name, others) {
			found = append(found, file)
		}
	}
	sort.Slice(found, func(a, b int) bool { return found[a].name < found[b].name })
	return found
}

func belongsElsewhere(name string, others map[string]bool) bool {
	for folder := path.Dir(name); folder != "."; folder = path.Dir(folder) {
		if others[folder] || path.Base(folder) == "vendor" {
			return true
		}
	}
	return false
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
