extension SchemaTables {
    /// Containers, their environment, probes and resources.
    static let containerTables = #"""
        package io.k8s.api.core.v1
        type Container -- One program of a pod with its image, environment, mounts and limits.
          1 name str! req -- Unique in the pod; never changes.
          2 image str -- The image to run.
          3 command [str] atomic -- Replaces the image's entry point.
          4 args [str] atomic -- Replaces the image's arguments.
          5 workingDir str -- Replaces the image's working directory.
          6 ports [ContainerPort] map(containerPort,protocol) merge(containerPort) -- Ports that the container listens on; for information.
          19 envFrom [EnvFromSource] atomic
          7 env [EnvVar] map(name) merge(name) -- Variables of the environment.
          8 resources ResourceRequirements -- What is guaranteed and what is the limit.
          23 resizePolicy [ContainerResizePolicy] atomic
          24 restartPolicy ?str enum(Always|Never|OnFailure)
          25 restartPolicyRules [ContainerRestartRule] atomic
          9 volumeMounts [VolumeMount] map(mountPath) merge(mountPath) -- Volumes and where they appear.
          21 volumeDevices [VolumeDevice] map(devicePath) merge(devicePath)
          10 livenessProbe ?Probe -- The container is restarted when it fails.
          11 readinessProbe ?Probe -- The pod gets no traffic while it fails.
          22 startupProbe ?Probe -- The other probes wait for it.
          12 lifecycle ?Lifecycle -- What to do after the start and before the stop.
          13 terminationMessagePath str ="/dev/termination-log"
          20 terminationMessagePolicy str enum(FallbackToLogsOnError|File) ="File"
          14 imagePullPolicy str enum(Always|IfNotPresent|Never) -- When the image is fetched.
          15 securityContext ?SecurityContext -- Users and privileges of the container.
          16 stdin bool -- Keep standard input open.
          17 stdinOnce bool
          18 tty bool -- Allocate a terminal.
        type EphemeralContainer
          1.1 name str! req
          1.2 image str
          1.3 command [str] atomic
          1.4 args [str] atomic
          1.5 workingDir str
          1.6 ports [ContainerPort] map(containerPort,protocol) merge(containerPort)
          1.19 envFrom [EnvFromSource] atomic
          1.7 env [EnvVar] map(name) merge(name)
          1.8 resources ResourceRequirements
          1.23 resizePolicy [ContainerResizePolicy] atomic
          1.24 restartPolicy ?str enum(Always|Never|OnFailure)
          1.25 restartPolicyRules [ContainerRestartRule] atomic
          1.9 volumeMounts [VolumeMount] map(mountPath) merge(mountPath)
          1.21 volumeDevices [VolumeDevice] map(devicePath) merge(devicePath)
          1.10 livenessProbe ?Probe
          1.11 readinessProbe ?Probe
          1.22 startupProbe ?Probe
          1.12 lifecycle ?Lifecycle
          1.13 terminationMessagePath str ="/dev/termination-log"
          1.20 terminationMessagePolicy str enum(FallbackToLogsOnError|File) ="File"
          1.14 imagePullPolicy str enum(Always|IfNotPresent|Never)
          1.15 securityContext ?SecurityContext
          1.16 stdin bool
          1.17 stdinOnce bool
          1.18 tty bool
          2 targetContainerName str
        type ResourceRequirements -- What a container is guaranteed and what it may use at most.
          1 limits {Quantity}
          2 requests {Quantity}
          3 claims [ResourceClaim] map(name)
        type ContainerPort -- A port that a container listens on.
          1 name str
          2 hostPort i32
          3 containerPort i32! req
          4 protocol str enum(SCTP|TCP|UDP) ="TCP"
          5 hostIP str
        type EnvFromSource
          1 prefix str
          2 configMapRef ?ConfigMapEnvSource
          3 secretRef ?SecretEnvSource
        type EnvVar -- A variable in the environment of a container.
          1 name str! req
          2 value str
          3 valueFrom ?EnvVarSource
        type ContainerResizePolicy
          1 resourceName str! req
          2 restartPolicy str! enum(NotRequired|RestartContainer) req
        type ContainerRestartRule
          1 action str enum(Restart|RestartAllContainers) req
          2 exitCodes ?ContainerRestartRuleOnExitCodes
        type VolumeMount -- Where a volume appears in a container.
          1 name str! req
          2 readOnly bool
          7 recursiveReadOnly ?str enum(Disabled|Enabled|IfPossible)
          3 mountPath str! req
          4 subPath str
          5 mountPropagation ?str enum(Bidirectional|HostToContainer|None)
          6 subPathExpr str
        type VolumeDevice
          1 name str! req
          2 devicePath str! req
        type Probe -- A check that is repeated while the container runs.
          1.1 exec ?ExecAction
          1.2 httpGet ?HTTPGetAction
          1.3 tcpSocket ?TCPSocketAction
          1.4 grpc ?GRPCAction
          2 initialDelaySeconds i32
          3 timeoutSeconds i32 =1
          4 periodSeconds i32 =10
          5 successThreshold i32 =1
          6 failureThreshold i32 =3
          7 terminationGracePeriodSeconds ?i64
        type Lifecycle
          1 postStart ?LifecycleHandler
          2 preStop ?LifecycleHandler
          3 stopSignal ?str
        type SecurityContext
          1 capabilities ?Capabilities
          2 privileged ?bool
          3 seLinuxOptions ?SELinuxOptions
          10 windowsOptions ?WindowsSecurityContextOptions
          4 runAsUser ?i64
          8 runAsGroup ?i64
          5 runAsNonRoot ?bool
          6 readOnlyRootFilesystem ?bool
          7 allowPrivilegeEscalation ?bool
          9 procMount ?str enum(Default|Unmasked)
          11 seccompProfile ?SeccompProfile
          12 appArmorProfile ?AppArmorProfile
        type ResourceClaim
          1 name str! req
          2 request str
        type ConfigMapEnvSource
          1.1 name str
          2 optional ?bool
        type SecretEnvSource
          1.1 name str
          2 optional ?bool
        type EnvVarSource
          1 fieldRef ?ObjectFieldSelector
          2 resourceFieldRef ?ResourceFieldSelector
          3 configMapKeyRef ?ConfigMapKeySelector
          4 secretKeyRef ?SecretKeySelector
          5 fileKeyRef ?FileKeySelector
        type ContainerRestartRuleOnExitCodes
          1 operator str enum(In|NotIn) req
          2 values [i32] set
        type ExecAction
          1 command [str] atomic
        type HTTPGetAction
          1 path str ="/"
          2 port IntOrString! req
          3 host str
          4 scheme str enum(HTTP|HTTPS) ="HTTP"
          5 httpHeaders [HTTPHeader] atomic
        type TCPSocketAction
          1 port IntOrString! req
          2 host str
        type GRPCAction
          1 port i32! req
          2 service ?str! =""
        type LifecycleHandler
          1 exec ?ExecAction
          2 httpGet ?HTTPGetAction
          3 tcpSocket ?TCPSocketAction
          4 sleep ?SleepAction
        type Capabilities
          1 add [str] atomic
          2 drop [str] atomic
        type ObjectFieldSelector atomic
          1 apiVersion str ="v1"
          2 fieldPath str! req
        type ResourceFieldSelector atomic
          1 containerName str
          2 resource str! req
          3 divisor Quantity
        type ConfigMapKeySelector atomic
          1.1 name str
          2 key str! req
          3 optional ?bool
        type SecretKeySelector atomic
          1.1 name str
          2 key str! req
          3 optional ?bool
        type FileKeySelector atomic
          1 volumeName str! req
          2 path str! req
          3 key str! req
          4 optional ?bool =false
        type HTTPHeader
          1 name str! req
          2 value str! req
        type SleepAction
          1 seconds i64! req
        """#
}
