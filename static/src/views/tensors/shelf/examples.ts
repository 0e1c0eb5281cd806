/** The shelf: small programs, each with what to look for in it. */

export interface Example {
  section: string;
  title: string;
  /** One line: what is to be seen. */
  look: string;
  /** The line on which the cursor stands at first, counted from 1: the lens looks into its call. */
  line: number;
  code: string;
}

export const EXAMPLES: readonly Example[] = [
  {
    section: "Scalars and tensors",
    title: "A scalar meets every element",
    look: "The number has no shape, [], and is applied to each element of a.",
    line: 4,
    code: `a = torch.tensor([[1., 2.], [3., 4.]])
s = torch.tensor(10.)

added = a + s
scaled = 3 * a
print(s.shape, a.shape)
`,
  },
  {
    section: "Element-wise",
    title: "Same shape, element by element",
    look: "Each element of the result comes from the elements at the same place: choose one in the lens.",
    line: 4,
    code: `a = torch.tensor([[1., 2.], [3., 4.]])
b = torch.tensor([[10., 20.], [30., 40.]])

total = a + b
product = a * b
larger = a * 15 > b
`,
  },
  {
    section: "Broadcasting",
    title: "A row and a column make a table",
    look: "Shapes are aligned from the right; the axis of size 1 is drawn as ghosts.",
    line: 4,
    code: `column = torch.tensor([[0.], [10.], [20.]])
row = torch.tensor([1., 2., 3., 4.])

table = column + row
`,
  },
  {
    section: "Broadcasting",
    title: "The silent (N,) with (N, 1)",
    look: "The loss is wrong without an error: guess − target is 3 × 3. The lens warns of it.",
    line: 4,
    code: `guess = torch.tensor([[1.], [2.], [3.]])
target = torch.tensor([1., 2., 3.])

difference = guess - target
wrong = (difference ** 2).mean()
right = F.mse_loss(guess.squeeze(1), target)
`,
  },
  {
    section: "Broadcasting",
    title: "Shapes that clash",
    look: "3 against 4 in the last axis: the lens marks it, and everything before the line stays.",
    line: 4,
    code: `a = torch.ones(2, 3)
b = torch.ones(4)

c = a + b
`,
  },
  {
    section: "Reshape and view",
    title: "What is shared and what is copied",
    look: "Cards with the same rail share memory. Hover an element to find it in every view of it.",
    line: 2,
    code: `x = torch.arange(6.)
grid = x.view(2, 3)
turned = grid.T
copied = turned.reshape(6)
packed = grid.permute(1, 0).contiguous()

grid[0, 0] = 100.   # x and turned too
`,
  },
  {
    section: "Reshape and view",
    title: "Strides",
    look: "t has the strides of m the other way round: nothing moved. view(4, 3) of it is refused, reshape copies.",
    line: 5,
    code: `m = torch.arange(12).view(3, 4)
t = m.t()
every_other = m[:, ::2]
same = t.reshape(4, 3)
flat = t.reshape(12)
`,
  },
  {
    section: "Reductions",
    title: "Along rows, along columns",
    look: "dim is the one that goes away. Choose an element of the result: its inputs light up.",
    line: 5,
    code: `x = torch.tensor([[1., 2., 3.],
                  [4., 5., 6.]])

total = x.sum()
down = x.sum(dim=0)
across = x.mean(dim=1, keepdim=True)
largest = x.max()
smallest = x.amin(dim=0)
spread = x.std(dim=1)
`,
  },
  {
    section: "Matrix multiplication",
    title: "Rows times columns",
    look: "Choose an element of c: a row of a and a column of b, and the sum written out.",
    line: 7,
    code: `a = torch.tensor([[1., 2., 3.],
                  [4., 5., 6.]])
b = torch.tensor([[1., 0.],
                  [0., 1.],
                  [2., 2.]])

c = a @ b
back = c @ b.T
`,
  },
  {
    section: "Initialisation",
    title: "Ways to begin",
    look: "The same seed draws the same numbers; randn has both signs, rand only [0, 1).",
    line: 5,
    code: `torch.manual_seed(0)

listed = torch.tensor([[1, 2], [3, 4]])
zeros = torch.zeros(2, 3)
ones = torch.ones(2, 3)
even = torch.rand(4, 5)
normal = torch.randn(4, 5)
steps = torch.linspace(0, 1, 5)
identity = torch.eye(3)
`,
  },
  {
    section: "Initialisation",
    title: "More than fits",
    look: "Large tensors are windows: scroll with the buttons or the arrow keys; the picker chooses the slice.",
    line: 4,
    code: `torch.manual_seed(0)
wave = torch.sin(torch.linspace(0, 12, 10000))
wave = wave.view(100, 100)
image = torch.randn(3, 32, 32)
`,
  },
  {
    section: "Autograd",
    title: "From values to gradients",
    look: "backward() puts w.grad beside w: the mean of each column of x, over two. The tape shows how it got there.",
    line: 7,
    code: `# Each name is a card: change a number
x = torch.tensor([[1., 2., 3.],
                  [4., 5., 6.]])
w = torch.tensor([0.5, -1., 2.])
w.requires_grad = True

y = x * w       # w meets every row of x
loss = y.mean()
loss.backward()

rows = x.view(3, 2)   # the same memory
print("loss is", loss.item())
`,
  },
  {
    section: "Autograd",
    title: "The gradient of a sum",
    look: "x.grad is all ones: each element counts once in the sum.",
    line: 2,
    code: `x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x.sum()
y.backward()
print(x.grad)
`,
  },
  {
    section: "Autograd",
    title: "A tensor used twice",
    look: "Play backward on the tape: two gradients arrive at x and are added.",
    line: 4,
    code: `x = torch.tensor([1., 2.], requires_grad=True)
a = x * 3
b = x.exp()
loss = (a + b).sum()
loss.backward()
`,
  },
  {
    section: "Autograd",
    title: "One step of learning",
    look: "The layer's weight moved against its gradient; the loss of the second pass is lower.",
    line: 6,
    code: `torch.manual_seed(1)
x = torch.randn(8, 2)
target = x[:, :1] * 2 - x[:, 1:]

layer = nn.Linear(2, 1)
before = F.mse_loss(layer(x), target)
before.backward()

with torch.no_grad():
    for p in layer.parameters():
        p -= 0.1 * p.grad

after = F.mse_loss(layer(x), target)
print(f"{before.item():.4f} -> {after.item():.4f}")
`,
  },
  {
    section: "Further",
    title: "Softmax, indexing, a convolution",
    look: "Each result explains itself in the lens: the row that was normalised, the window that was multiplied.",
    line: 12,
    code: `logits = torch.tensor([[2., 1., 0.],
                       [0., 0., 3.]])
p = F.softmax(logits, dim=1)
picked = logits[:, [0, 2]]

image = torch.zeros(1, 1, 6, 6)
image[..., 2:5, 2:5] = 1.
kernel = torch.tensor([[0., 1., 0.],
                       [1., -4., 1.],
                       [0., 1., 0.]])
kernel = kernel.view(1, 1, 3, 3)
edges = F.conv2d(image, kernel)
`,
  },
];

/** What a first visit opens. */
export const FIRST = EXAMPLES.find(({ title }) => title === "From values to gradients")!;
