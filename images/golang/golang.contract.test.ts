import { expect } from 'vitest';
import { contract } from '../../server/images/contract/contract.ts';
import { buildExample } from '../../server/images/contract/example.ts';

contract('golang', ({ it, itOfOurs }) => {
  it('has Go where people look for it', async ({ docker, image, inspect }) => {
    expect(await docker('run', '--rm', image, 'go', 'version')).toMatch(/^go version go1\.24/);
    expect(await docker('run', '--rm', image, 'go', 'env', 'GOROOT', 'GOPATH', 'GOTOOLCHAIN')).toBe(
      '/usr/local/go\n/go\nlocal',
    );
    const said = 'test "go$GOLANG_VERSION" = "$(go env GOVERSION)"; echo $?';
    expect(await docker('run', '--rm', image, 'sh', '-c', said)).toBe('0');
    expect(await inspect(image, '.Config.WorkingDir')).toBe('/go');
    expect(await inspect(image, 'json .Config.Cmd')).toBe('["bash"]');
  });

  it('builds a static program with modules of others, with no internet', async (lab) => {
    const { docker, answers } = lab;
    await buildExample(lab, 'golang');
    await docker('run', '-d', '--name', 'web', '-p', '8000:8080', 'example');
    expect((await answers('localhost:8000/hello/you')).body).toMatch(/^Hello you from Go, [0-9a-f-]{36}\n$/);
    // From scratch: the program and nothing else.
    expect(Number(await lab.inspect('example', '.Size'))).toBeLessThan(16_000_000);
    expect(await lab.inspect('example', 'len .RootFS.Layers')).toBe('1');
  });

  it('gets what is on its shelf with `go get`, tests it and tidies up', async ({ docker, image }) => {
    const program =
      'package main\nimport ("net/http"; "github.com/go-chi/chi/v5"; _ "github.com/lib/pq")\nfunc main() { _ = http.ListenAndServe("", chi.NewRouter()) }\n';
    const test = 'package main\nimport "testing"\nfunc TestNothing(t *testing.T) {}\n';
    const script = `mkdir /src && cd /src && go mod init example.com/x && echo "$PROGRAM" > main.go && echo "$TEST" > main_test.go
      go get github.com/go-chi/chi/v5 github.com/lib/pq@v1.10.9 && go mod tidy && go test ./... && cat go.sum`;
    const out = await docker(
      'run',
      '--rm',
      '-e',
      `PROGRAM=${program}`,
      '-e',
      `TEST=${test}`,
      image,
      'sh',
      '-ec',
      script,
    );
    expect(out).toContain('ok  \texample.com/x');
    // The hash that everybody has in their go.sum.
    expect(out).toContain('github.com/lib/pq v1.10.9 h1:YXG7RB+JIjhP29X+OtkiDnYaXQwpS4JEWq7dtCCRUEw=');
  });

  it('says at once what is not there', async ({ tryDocker, image }) => {
    const { code, err } = await tryDocker('run', '--rm', image, 'go', 'install', 'github.com/pkg/none@latest');
    expect(code).not.toBe(0);
    expect(err).toContain('proxy.golang.org');
  });

  itOfOurs('has no C compiler, so that programs are static by themselves', async ({ docker, image }) => {
    expect(await docker('run', '--rm', image, 'go', 'env', 'CGO_ENABLED')).toBe('0');
  });
});
