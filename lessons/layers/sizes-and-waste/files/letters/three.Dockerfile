FROM busybox
RUN dd if=/dev/zero of=/a.bin bs=1M count=1
RUN dd if=/dev/zero of=/b.bin bs=1M count=1
RUN dd if=/dev/zero of=/c.bin bs=1M count=1
